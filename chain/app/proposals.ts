import { abci } from '../../sdk/codec/index.ts';
import type { Context } from '../context.ts';
import type { Logger } from '../logger.ts';
import { decodeTx } from '../tx/decode.ts';
import type { DecodedTxs } from '../tx/decodedTxs.ts';
import type { MessageRouter } from '../tx/router.ts';
import { isWellFormedExtension, problemOfCommit, withoutMalformed } from './extendedCommit.ts';
import { decodeInjectedTx, encodeInjectedTx } from './injectedTx.ts';
import { consensusParams, validatorSets } from './kernelState.ts';

const { ACCEPT, REJECT } = abci.ResponseProcessProposal_ProposalStatus;

export interface ProposalDeps {
  readonly chainId: string;
  readonly router: MessageRouter;
  readonly decoded: DecodedTxs;
  readonly logger: Logger;
}

/** Builds and checks proposals. Nothing here changes the state. */
export class Proposals {
  readonly #deps: ProposalDeps;

  constructor(deps: ProposalDeps) {
    this.#deps = deps;
  }

  /** The injected tx, then what the mempool offers in its order, as far as size and gas of a block allow. */
  prepare(ctx: Context, request: abci.RequestPrepareProposal): abci.ResponsePrepareProposal {
    const txs: Uint8Array[] = [];
    let room = request.maxTxBytes;
    const add = (tx: Uint8Array) => {
      const size = protoSize(tx);
      if (size > room) return false;
      room -= size;
      txs.push(tx);
      return true;
    };
    if (carriesExtensions(ctx, request.height)) {
      const commit = request.localLastCommit;
      const fits = commit !== undefined && add(encodeInjectedTx(withoutMalformed(commit)));
      if (!fits) this.#deps.logger.error({ height: request.height }, 'the extended commit does not fit into a block');
    }
    const maxGas = maxBlockGas(ctx);
    let gas = 0n;
    for (const tx of request.txs) {
      const wanted = this.#gasOf(tx);
      if (wanted === undefined || (maxGas !== undefined && gas + wanted > maxGas)) continue;
      if (add(tx)) gas += wanted;
    }
    return { txs };
  }

  /** Accepts only what every honest node accepts in the same state. */
  process(ctx: Context, request: abci.RequestProcessProposal): abci.ResponseProcessProposal {
    const problem = this.#problemOf(ctx, request);
    if (problem === undefined) return { status: ACCEPT };
    this.#deps.logger.warn({ height: request.height, problem }, 'refused a proposal');
    return { status: REJECT };
  }

  verifyExtension(request: abci.RequestVerifyVoteExtension): abci.ResponseVerifyVoteExtension {
    const { ACCEPT, REJECT } = abci.ResponseVerifyVoteExtension_VerifyStatus;
    return { status: isWellFormedExtension(request.voteExtension) ? ACCEPT : REJECT };
  }

  #problemOf(ctx: Context, request: abci.RequestProcessProposal): string | undefined {
    const carries = carriesExtensions(ctx, request.height);
    const [first] = request.txs;
    if (carries) {
      const extended = first === undefined ? undefined : decodeInjectedTx(first);
      if (extended === undefined) return 'the first tx is not the extended commit';
      const signed = { chainId: this.#deps.chainId, height: request.height - 1n };
      const set = validatorSets.get(ctx, signed.height);
      if (set === undefined) return `the validators of height ${signed.height} are not known`;
      const problem = problemOfCommit(extended, request.proposedLastCommit, set, signed);
      if (problem !== undefined) return problem;
    }
    const maxGas = maxBlockGas(ctx);
    let gas = 0n;
    for (const [index, tx] of request.txs.entries()) {
      if (index === 0 && carries) continue;
      const wanted = this.#gasOf(tx);
      if (wanted === undefined) return `tx ${index} cannot be decoded`;
      gas += wanted;
    }
    return maxGas !== undefined && gas > maxGas ? `the txs want ${gas} gas of ${maxGas}` : undefined;
  }

  /** Gas limit of a tx, or undefined if it does not decode (as the injected tx, which has no route). */
  #gasOf(tx: Uint8Array): bigint | undefined {
    try {
      const known = this.#deps.decoded.get(tx) ?? decodeTx(tx, this.#deps.router);
      // The block that brings it comes next.
      this.#deps.decoded.add(tx, known);
      return known.fee?.gasLimit ?? 0n;
    } catch {
      return undefined;
    }
  }
}

/**
 * Whether the block at `height` starts with the extended commit: not yet at the enable height itself, and never the
 * chain's first block, before which nobody voted (a chain that goes on from an export may start above that height).
 */
export function carriesExtensions(ctx: Context, height: bigint): boolean {
  const enabled = consensusParams.get(ctx)?.abci?.voteExtensionsEnableHeight ?? 0n;
  return enabled > 0n && height > enabled && validatorSets.has(ctx, height - 1n);
}

/** The gas limit of a block, or undefined for none. */
export function maxBlockGas(ctx: Context): bigint | undefined {
  const maxGas = consensusParams.get(ctx)?.block?.maxGas ?? -1n;
  return maxGas > 0n ? maxGas : undefined;
}

/** Bytes that a tx takes in a block: its own, its length and one for the tag (CometBFT `ComputeProtoSizeForTxs`). */
function protoSize(tx: Uint8Array): bigint {
  let lengthBytes = 1;
  for (let rest = tx.length; rest >= 0x80; rest = Math.floor(rest / 128)) lengthBytes++;
  return BigInt(1 + lengthBytes + tx.length);
}
