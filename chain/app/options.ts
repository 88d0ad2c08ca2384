import type { AddressCodec } from '../../sdk/address.ts';
import type { Context } from '../context.ts';
import type { Logger } from '../logger.ts';
import type { QueryRoute } from '../message.ts';
import type { Module } from '../module.ts';
import type { Accounts, FeeBank, FeeGrants } from '../tx/accounts.ts';
import type { ExtensionSource } from './extensionSource.ts';
import type { StateSync } from './stateSync.ts';
import type { AppStore } from './store.ts';

/** Everything that an `App` is built from; `chain/main.ts` wires it. */
export interface AppOptions {
  readonly chainId: string;
  readonly addresses: AddressCodec;
  /** In the order in which genesis and hooks run. */
  readonly modules: readonly Module[];
  readonly store: AppStore;
  readonly accounts: Accounts;
  readonly bank: FeeBank;
  /** Left out on a chain without fee grants. */
  readonly feeGrants?: FeeGrants;
  readonly extensions: ExtensionSource;
  readonly logger: Logger;
  readonly node: NodeSettings;
  /** Whether a type of message may run now (the SDK's circuit breaker); without it all may. */
  readonly isAllowed?: (ctx: Context, typeUrl: string) => boolean;
  /** Snapshots for nodes that join; without it none are given or taken. */
  readonly stateSync?: StateSync;
  /** Queries that neither a module nor the kernel answers. */
  readonly queries?: readonly QueryRoute[];
}

/** What one operator chooses; never part of the state. */
export interface NodeSettings {
  /** Software version that Info and `/app/version` report. */
  readonly version: string;
  /** What runs the software, such as `node.24.21.0`; Info reports it behind the version. */
  readonly runtime?: string;
  /** Least gas prices that CheckTx lets in, as decimal coins: `0.025uinf,0.1uatom`; empty lets all in. */
  readonly minimumGasPrices: string;
  /** Blocks that CometBFT must keep; 0 keeps all. */
  readonly minRetainBlocks: bigint;
  /** Longest wait for the extension source, milliseconds; past it the extension is empty. */
  readonly extensionTimeoutMs: number;
  /** Check all invariants after each block whose height is a multiple of this; 0 never does. */
  readonly invariantPeriod: bigint;
}

export const defaultNodeSettings: NodeSettings = {
  version: '0.1.0',
  minimumGasPrices: '',
  minRetainBlocks: 0n,
  extensionTimeoutMs: 400,
  invariantPeriod: 0n,
};
