import { type abci, baseAbci } from '../../sdk/codec/index.ts';
import { type BlockInfo, Context } from '../context.ts';
import {
  CodedError,
  type ErrorKind,
  ensure,
  fail,
  failUnregistered,
  isFatal,
  panicError,
  sdkErrors,
} from '../errors.ts';
import { type ChainEvent, EventLog } from '../events.ts';
import { GasMeter } from '../gas.ts';
import type { Logger } from '../logger.ts';
import type { PreparedMessage } from '../message.ts';
import type { StateBranch } from '../store/kv.ts';
import { runAnte } from '../tx/ante/ante.ts';
import type { AnteDeps, TxMode } from '../tx/ante/types.ts';
import { decodeTx } from '../tx/decode.ts';
import type { DecodedTxs } from '../tx/decodedTxs.ts';
import type { MessageRouter } from '../tx/router.ts';
import type { Tx } from '../tx/tx.ts';
import type { BlockGas } from './blockGas.ts';
import { messageEvents, toAbciEvents } from './txEvents.ts';

/** Gas wanted of a tx that has no limit: what the SDK reports for simulations. */
export const unlimitedGas = (1n << 64n) - 1n;

/** What became of a tx. */
export interface TxOutcome {
  /** 0, or the code of the failure in `codespace`. */
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  /** Encoded `cosmos.base.abci.v1beta1.TxMsgData`; empty on failure. */
  readonly data: Uint8Array;
  readonly msgResponses: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  readonly events: readonly ChainEvent[];
}

export interface TxRunnerDeps {
  readonly router: MessageRouter;
  readonly ante: AnteDeps;
  readonly decoded: DecodedTxs;
  readonly logger: Logger;
}

/** Where a tx runs. */
export interface TxPlace {
  readonly state: StateBranch;
  readonly block: BlockInfo;
  readonly mode: TxMode;
  /** Only in blocks. */
  readonly blockGas?: BlockGas;
}

/** Runs txs: decode, checks that need no state, ante handler, messages (SDK baseapp `runTx`). */
export class TxRunner {
  readonly #deps: TxRunnerDeps;

  constructor(deps: TxRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Never throws for what a tx does, only a `FatalError` for what this node cannot do. Writes of a good ante handler stay in `place.state` even if a message fails; writes
   * and events of the messages stay only if all of them succeed.
   */
  run(bytes: Uint8Array, place: TxPlace): TxOutcome {
    let tx: Tx;
    try {
      tx = this.#decode(bytes, place.mode);
      if (place.blockGas?.exhausted) fail(sdkErrors.outOfGas, 'no block gas left to run tx');
      ensure(tx.messages.length > 0, sdkErrors.invalidRequest, 'must contain at least one message');
      for (const message of tx.messages) message.validate();
    } catch (error) {
      return this.#failure(error, place.mode, 0n, 0n, []);
    }
    const limit = place.mode === 'simulate' || place.mode === 'genesis' ? undefined : (tx.fee?.gasLimit ?? 0n);
    const outcome = this.#execute(tx, place, new GasMeter(limit));
    // What the mempool refuses must not push out what it keeps.
    if (place.mode === 'check' && outcome.code === 0) this.#deps.decoded.add(bytes, tx);
    return outcome;
  }

  /** What is wrong with the bytes of a tx is said to its sender; the block only tells that it did not decode, as the SDK does. */
  #decode(bytes: Uint8Array, mode: TxMode): Tx {
    const known = mode === 'finalize' ? this.#deps.decoded.take(bytes) : this.#deps.decoded.get(bytes);
    if (known !== undefined && mode !== 'simulate') return known;
    try {
      return decodeTx(bytes, this.#deps.router);
    } catch (error) {
      const hidden = mode === 'finalize' && error instanceof CodedError && isKind(error, sdkErrors.txDecode);
      throw hidden ? new CodedError(sdkErrors.txDecode) : error;
    }
  }

  #execute(tx: Tx, place: TxPlace, gas: GasMeter): TxOutcome {
    const wanted = gas.limit ?? unlimitedGas;
    const anteEvents = new EventLog();
    try {
      const branch = place.state.branch();
      runAnte(this.#deps.ante, new Context(place.block, branch, gas, anteEvents), tx, place.mode);
      branch.write();
    } catch (error) {
      place.blockGas?.consume(chargedGas(gas));
      const refused = error instanceof CodedError;
      return this.#failure(error, place.mode, refused ? wanted : 0n, refused ? gas.consumed : 0n, []);
    }
    if (place.mode === 'check' || place.mode === 'recheck') return success(wanted, gas.consumed, anteEvents.events, []);
    try {
      const branch = place.state.branch();
      const { events, responses } = this.#runMessages(tx.messages, new Context(place.block, branch, gas));
      if (place.blockGas?.consume(chargedGas(gas)) === false) {
        return this.#failure(blockGasError(gas), place.mode, wanted, gas.consumed, anteEvents.events);
      }
      if (place.mode !== 'simulate') branch.write();
      return success(wanted, gas.consumed, [...anteEvents.events, ...events], responses);
    } catch (error) {
      place.blockGas?.consume(chargedGas(gas));
      return this.#failure(error, place.mode, wanted, gas.consumed, anteEvents.events);
    }
  }

  #runMessages(messages: readonly PreparedMessage[], ctx: Context) {
    const events: ChainEvent[] = [];
    const responses: { typeUrl: string; value: Uint8Array }[] = [];
    const { addresses, isAllowed } = this.#deps.ante;
    for (const [index, message] of messages.entries()) {
      const log = new EventLog();
      try {
        if (isAllowed?.(ctx, message.typeUrl) === false) {
          failUnregistered(`circuit breaker disables execution of this message: ${message.typeUrl}`);
        }
        const value = message.handle(new Context(ctx.block, ctx.state, ctx.gas, log));
        responses.push({ typeUrl: `${message.typeUrl}Response`, value });
      } catch (error) {
        throw error instanceof CodedError && !isKind(error, sdkErrors.outOfGas)
          ? new CodedError({ ...error, text: error.message }, `failed to execute message; message index: ${index}`)
          : error;
      }
      const [signer] = message.signers;
      const sender = signer === undefined ? undefined : addresses.accountText(addresses.account(signer));
      events.push(...messageEvents(message.typeUrl, sender, log.events, index));
    }
    return { events, responses };
  }

  #failure(error: unknown, mode: TxMode, gasWanted: bigint, gasUsed: bigint, events: readonly ChainEvent[]): TxOutcome {
    const base = { data: new Uint8Array(), msgResponses: [], gasWanted, gasUsed, events };
    if (error instanceof CodedError) {
      return { ...base, code: error.code, codespace: error.codespace, log: error.message };
    }
    if (isFatal(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    this.#deps.logger.warn({ mode, error: message, stack: error instanceof Error ? error.stack : '' }, 'a tx panicked');
    const { code, codespace, text } = panicError;
    return { ...base, code, codespace, log: `recovered: ${message}: ${text}` };
  }
}

/** The result of a tx in a block. */
export function toExecTxResult(outcome: TxOutcome): abci.ExecTxResult {
  const { code, codespace, log, data, gasWanted, gasUsed, events } = outcome;
  return {
    code,
    codespace,
    log,
    data,
    gasWanted: signed(gasWanted),
    gasUsed: signed(gasUsed),
    info: '',
    events: toAbciEvents(events),
  };
}

/** ABCI carries gas as int64; a larger limit never passes the ante handler, but its refusal is reported too. */
function signed(gas: bigint): bigint {
  return BigInt.asIntN(64, gas);
}

function success(
  gasWanted: bigint,
  gasUsed: bigint,
  events: readonly ChainEvent[],
  msgResponses: TxOutcome['msgResponses'],
): TxOutcome {
  const data = baseAbci.TxMsgData.encode({ data: [], msgResponses: [...msgResponses] }).finish();
  return { code: 0, codespace: '', log: '', data, msgResponses, gasWanted, gasUsed, events };
}

/** A tx that ran out of gas is charged its limit, not the access that went over it. */
function chargedGas(gas: GasMeter): bigint {
  return gas.limit !== undefined && gas.consumed > gas.limit ? gas.limit : gas.consumed;
}

function blockGasError(gas: GasMeter): CodedError {
  const detail = `out of gas in location: block gas meter; gasWanted: ${gas.limit}, gasUsed: ${gas.consumed}`;
  return new CodedError(sdkErrors.outOfGas, detail);
}

function isKind(error: CodedError, kind: ErrorKind): boolean {
  return error.codespace === kind.codespace && error.code === kind.code;
}
