import type { abci } from '../../../sdk/codec/index.ts';
import { silentLogger } from '../../logger.ts';
import type { Module } from '../../module.ts';
import { CommitMultiStore } from '../../store/multistore.ts';
import type { Pruning } from '../../store/pruning.ts';
import type { FeeGrants } from '../../tx/accounts.ts';
import { App, storeNames } from '../app.ts';
import { type ExtensionSource, emptyExtensions } from '../extensionSource.ts';
import { type ToyLog, toyAccounts, toyBank, toyModule } from './toyModule.ts';
import { addresses, chainId } from './txs.ts';
import { validators } from './votes.ts';

/** A small chain for tests: the real app over the real store in memory, with a toy module. */

export interface ToyChain {
  readonly app: App;
  readonly store: CommitMultiStore;
  readonly log: ToyLog;
}

export interface ToyOptions {
  readonly minimumGasPrices?: string;
  readonly extensions?: ExtensionSource;
  readonly modules?: readonly Module[];
  readonly invariantPeriod?: bigint;
  readonly feeGrants?: FeeGrants;
  readonly pruning?: Pruning;
}

export function toyChain(options: ToyOptions = {}): ToyChain {
  const log: ToyLog = { votes: [], updates: [], broken: undefined };
  const modules = [toyModule(log), ...(options.modules ?? [])];
  const store = CommitMultiStore.open(undefined, {
    meta: { chainId, bech32Prefix: 'infinet' },
    stores: storeNames(modules),
    ...(options.pruning && { pruning: options.pruning }),
  });
  const app = new App({
    chainId,
    addresses,
    modules,
    store,
    accounts: toyAccounts,
    bank: toyBank,
    feeGrants: options.feeGrants,
    extensions: options.extensions ?? emptyExtensions,
    logger: silentLogger,
    node: {
      version: 'test',
      minimumGasPrices: options.minimumGasPrices ?? '',
      minRetainBlocks: 0n,
      extensionTimeoutMs: 50,
      invariantPeriod: options.invariantPeriod ?? 0n,
    },
  });
  return { app, store, log };
}

const time = (height: bigint) => ({ seconds: 1_700_000_000n + height, nanos: 5 });

/** Vote extensions on from `enableHeight`; 0 leaves them off. */
export function initChain(
  { app }: ToyChain,
  enableHeight = 0n,
  appState: object = {},
  maxGas = -1n,
  initialHeight = 1n,
): void {
  app.initChain({
    time: time(0n),
    chainId,
    consensusParams: {
      block: { maxBytes: 4_000_000n, maxGas },
      evidence: undefined,
      validator: undefined,
      version: undefined,
      abci: { voteExtensionsEnableHeight: enableHeight },
    },
    validators: validators.map(({ publicKey, power }) => ({ pubKey: { ed25519: publicKey }, power })),
    appStateBytes: Buffer.from(JSON.stringify({ infinet: { bech32_prefix: 'infinet' }, ...appState })),
    initialHeight,
  });
}

export function blockOf(height: bigint, txs: readonly Uint8Array[]): abci.RequestFinalizeBlock {
  return {
    txs: [...txs],
    decidedLastCommit: { round: 0, votes: [] },
    misbehavior: [],
    hash: new Uint8Array(32),
    height,
    time: time(height),
    nextValidatorsHash: new Uint8Array(32),
    proposerAddress: validators[0]?.address ?? new Uint8Array(),
  };
}

/** Executes and commits the next block. */
export function nextBlock({ app, store }: ToyChain, txs: readonly Uint8Array[] = []): abci.ResponseFinalizeBlock {
  const response = app.finalizeBlock(blockOf(store.version + 1n, txs));
  app.commit();
  return response;
}

export function check({ app }: ToyChain, tx: Uint8Array, type = 0): abci.ResponseCheckTx {
  return app.checkTx({ tx, type });
}
