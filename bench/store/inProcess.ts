import { createHash } from 'node:crypto';
import { App, storeNames } from '../../chain/app/app.ts';
import { emptyExtensions } from '../../chain/app/extensionSource.ts';
import { defaultNodeSettings } from '../../chain/app/options.ts';
import type { AppStore } from '../../chain/app/store.ts';
import { type Key, keyOf, makeTx } from '../../chain/app/testing/txs.ts';
import { silentLogger } from '../../chain/logger.ts';
import { wireModules } from '../../chain/main.ts';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { abci, type protoAny } from '../../sdk/codec/index.ts';
import { timed } from '../bench.ts';

export const chainId = 'bench-1';
export const prefix = 'infinet';
export const denom = 'uinf';
export const stake = 1_000_000_000_000n;
export const addresses = createAddressCodec(prefix);
export type Sender = Key;

export function sender(index: number): Sender {
  return keyOf(`bench ${index}`);
}

/** An address without a key that anybody has. */
export function bystander(index: number): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(`bystander ${index}`).digest().subarray(0, 20));
}

/** A tx of one message with a fee of one unit; the sender's first. */
export function signed(signer: Sender, accountNumber: bigint, message: protoAny.Any): Uint8Array {
  return makeTx({ signer, accountNumber, chainId, fee: [{ denom, amount: '1' }], messages: [message] });
}

/** Adds accounts to the block being staged, beside what the app writes: the chain has them as if from genesis. */
export class FilledStore implements AppStore {
  readonly #store: CommitMultiStore;
  #fill: ((store: CommitMultiStore) => void) | undefined;

  constructor(store: CommitMultiStore) {
    this.#store = store;
  }

  /** Runs with the next block. */
  set next(fill: (store: CommitMultiStore) => void) {
    this.#fill = fill;
  }

  get version(): bigint {
    return this.#store.version;
  }

  get appHash(): Uint8Array {
    return this.#store.appHash;
  }

  get committed() {
    return this.#store.committed;
  }

  get working() {
    return this.#store.working;
  }

  discard(): void {
    this.#store.discard();
  }

  stage(height: bigint): Uint8Array {
    this.#fill?.(this.#store);
    this.#fill = undefined;
    return this.#store.stage(height);
  }

  commit(): void {
    this.#store.commit();
  }

  at(height?: bigint) {
    return this.#store.at(height);
  }
}

/** The whole chain over `store`, as `chain/main.ts` wires it. */
export function openChain(folder: string) {
  const wired = wireModules(addresses);
  const modules = Object.values(wired).map(({ module }) => module);
  const store = CommitMultiStore.open(folder, {
    meta: { chainId, bech32Prefix: prefix },
    stores: storeNames(modules),
    pruning: { keepRecent: 100, interval: 10 },
  });
  const filled = new FilledStore(store);
  const app = new App({
    chainId,
    addresses,
    modules,
    store: filled,
    accounts: wired.auth.keeper,
    bank: wired.bank.keeper,
    feeGrants: wired.feegrant.keeper,
    extensions: emptyExtensions,
    logger: silentLogger,
    node: defaultNodeSettings,
  });
  return { app, store, filled, wired };
}

/** FinalizeBlock and Commit of the next block, `seconds` after the epoch of benchmarks. Reports failed txs. */
export function runBlock(app: App, store: CommitMultiStore, seconds: number, txs: Uint8Array[]) {
  const height = store.version + 1n;
  const empty = { decidedLastCommit: { round: 0, votes: [] }, misbehavior: [], hash: new Uint8Array(32) };
  const time = blockTime(seconds);
  const [finalizeMs, answer] = timed(() =>
    app.finalizeBlock(abci.RequestFinalizeBlock.fromPartial({ ...empty, txs, height, time })),
  );
  const [commitMs] = timed(() => app.commit());
  return { finalizeMs, commitMs, results: answer.txResults, failed: answer.txResults.filter(({ code }) => code !== 0) };
}

export const blockTime = (seconds: number) => ({ seconds: 1_767_225_600n + BigInt(seconds), nanos: 0 });
