import { applyUpdates, consensusAddress, fromCometUpdates } from '../../chain/app/validators.ts';
import { parseTime, toTimestamp } from '../../chain/time.ts';
import type { ValidatorSet } from '../../proto/generated/infinet/chain/v1/state.ts';
import { abci, auth, authQuery } from '../../sdk/codec/index.ts';
import type { Chain } from './chain.ts';
import { genesisTime } from './genesis.ts';
import { chainId, type Key, keyOf } from './keys.ts';
import type { Entry } from './recording.ts';
import { buildTx, type SignerState, type TxSpec } from './tx.ts';

const noHash = new Uint8Array(32);

/** One run of a script against a chain: makes CometBFT's requests, keeps everything that was answered. */
export class World {
  readonly entries: Entry[] = [];
  height = 0n;
  /** Nanoseconds since the Unix epoch. */
  time = parseTime(genesisTime);
  readonly #chain: Chain;
  /** Block times by height, for evidence. */
  readonly #times = new Map<bigint, bigint>();
  #misbehavior: abci.Misbehavior[] = [];
  /** Consensus addresses, in hex, of validators that do not vote. */
  #asleep: ReadonlySet<string> = new Set();
  /** Sets by the height that they sign. */
  readonly #sets = new Map<bigint, ValidatorSet>();
  #pending: { name: string; tx: Uint8Array }[] = [];
  /** Txs of this block that took a sequence number, by account. */
  readonly #ahead = new Map<string, bigint>();
  #nextFresh = 100;
  #lastResult: abci.ExecTxResult = abci.ExecTxResult.fromPartial({});

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  async start(appState: unknown): Promise<void> {
    const request = abci.RequestInitChain.fromPartial({
      time: toTimestamp(this.time),
      chainId,
      consensusParams: {
        block: { maxBytes: 22_020_096n, maxGas: -1n },
        evidence: { maxAgeNumBlocks: 20n, maxAgeDuration: { seconds: 172_800n, nanos: 0 }, maxBytes: 1_048_576n },
        validator: { pubKeyTypes: ['ed25519'] },
        version: { app: 0n },
        abci: { voteExtensionsEnableHeight: 0n },
      },
      appStateBytes: Buffer.from(JSON.stringify(appState)),
      initialHeight: 1n,
    });
    const response = await this.#chain.initChain(request);
    this.#keep('init', ['genesis'], abci.RequestInitChain.encode(request), abci.ResponseInitChain.encode(response));
    const set = applyUpdates({ validators: [] }, fromCometUpdates(response.validators));
    for (const height of [1n, 2n]) this.#sets.set(height, set);
    await this.block();
  }

  /** Signs, checks, and puts the tx into the next block even if the check refused it. */
  async tx(name: string, spec: TxSpec): Promise<void> {
    const states: SignerState[] = [];
    for (const key of spec.signers) states.push(await this.account(key));
    const tx = buildTx(spec, states);
    if ((await this.rawTx(name, tx)) !== 0) return;
    for (const { text } of spec.signers) this.#ahead.set(text, (this.#ahead.get(text) ?? 0n) + 1n);
  }

  /** Returns the code of the check. */
  async rawTx(name: string, tx: Uint8Array): Promise<number> {
    const request = abci.RequestCheckTx.fromPartial({ tx });
    const response = await this.#chain.checkTx(request);
    this.#keep('check', [name], abci.RequestCheckTx.encode(request), abci.ResponseCheckTx.encode(response));
    this.#pending.push({ name, tx });
    return response.code;
  }

  /** Of the last tx that a block had. */
  get lastResult(): abci.ExecTxResult {
    return this.#lastResult;
  }

  /** A tx in a block of its own. */
  async send(name: string, spec: TxSpec): Promise<void> {
    await this.tx(name, spec);
    await this.block();
  }

  async sendRaw(name: string, tx: Uint8Array): Promise<void> {
    await this.rawTx(name, tx);
    await this.block();
  }

  /** The next block says that a validator signed twice. */
  accuse(address: Uint8Array, power: bigint, height: bigint, type = abci.MisbehaviorType.DUPLICATE_VOTE): void {
    const time = toTimestamp(this.#times.get(height) ?? this.time);
    this.#misbehavior.push({ type, validator: { address, power }, height, time, totalVotingPower: power });
  }

  /** From the next block on these validators, by consensus address, are missing from commits, and nobody else. */
  asleep(addresses: readonly Uint8Array[]): void {
    this.#asleep = new Set(addresses.map(hexOf));
  }

  /** Executes and commits everything that waits. */
  async block(seconds = 5n): Promise<void> {
    this.height++;
    this.time += seconds * 1_000_000_000n + 123_456_789n;
    this.#times.set(this.height, this.time);
    const pending = this.#pending;
    this.#pending = [];
    const misbehavior = this.#misbehavior;
    this.#misbehavior = [];
    this.#ahead.clear();
    const set = this.#sets.get(this.height) ?? { validators: [] };
    const last = this.#sets.get(this.height - 1n) ?? { validators: [] };
    const request = abci.RequestFinalizeBlock.fromPartial({
      txs: pending.map(({ tx }) => tx),
      decidedLastCommit: {
        round: 0,
        votes: last.validators.map(({ publicKey, power }) => ({
          validator: { address: consensusAddress(publicKey), power },
          blockIdFlag: this.#asleep.has(hexOf(consensusAddress(publicKey))) ? 1 : 2,
        })),
      },
      misbehavior,
      hash: noHash,
      height: this.height,
      time: toTimestamp(this.time),
      nextValidatorsHash: noHash,
      proposerAddress: consensusAddress(set.validators[0]?.publicKey ?? new Uint8Array()),
    });
    const response = await this.#chain.finalizeBlock(request);
    this.#keep(
      'block',
      pending.map(({ name }) => name),
      abci.RequestFinalizeBlock.encode(request),
      abci.ResponseFinalizeBlock.encode(response),
    );
    this.#lastResult = response.txResults.at(-1) ?? this.#lastResult;
    const next = this.#sets.get(this.height + 1n) ?? set;
    this.#sets.set(this.height + 2n, applyUpdates(next, fromCometUpdates(response.validatorUpdates)));
    this.#sets.delete(this.height - 1n);
    await this.#chain.commit();
  }

  async query(name: string, path: string, data: Uint8Array, options: { height?: bigint; prove?: boolean } = {}) {
    const request = abci.RequestQuery.fromPartial({ path, data, ...options });
    const response = await this.#chain.query(request);
    this.#keep('query', [name], abci.RequestQuery.encode(request), abci.ResponseQuery.encode(response));
    return response;
  }

  /** The account as the next tx of this block will find it; zeros for one that does not exist. */
  async account(key: Key): Promise<SignerState> {
    return this.accountOf(key.text);
  }

  async accountOf(text: string): Promise<SignerState> {
    const data = authQuery.QueryAccountRequest.encode({ address: text }).finish();
    const request = abci.RequestQuery.fromPartial({ path: '/cosmos.auth.v1beta1.Query/Account', data });
    const response = await this.#chain.query(request);
    const ahead = this.#ahead.get(text) ?? 0n;
    if (response.code !== 0) return { accountNumber: 0n, sequence: ahead };
    const { account } = authQuery.QueryAccountResponse.decode(response.value);
    const { accountNumber, sequence } = auth.BaseAccount.decode(account?.value ?? new Uint8Array());
    return { accountNumber, sequence: sequence + ahead };
  }

  /** An account of genesis that nobody used yet: a case of its own account leaves the others as they are. */
  fresh(): Key {
    return keyOf(`a${this.#nextFresh++}`);
  }

  #keep(kind: Entry['kind'], names: string[], request: Writer, response: Writer): void {
    this.entries.push({ kind, names, request: base64(request), response: base64(response) });
  }
}

interface Writer {
  finish(): Uint8Array;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function base64(writer: Writer): string {
  return Buffer.from(writer.finish()).toString('base64');
}
