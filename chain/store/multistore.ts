import type { StateBranch } from './kv.ts';
import type { CommittedVersion } from './version.ts';

/** What a data folder belongs to; a folder of another chain refuses to open. */
export interface StoreMeta {
  readonly chainId: string;
  readonly bech32Prefix: string;
}

export interface StoreOptions {
  readonly meta: StoreMeta;
  /** Names of the committed stores, in any order. */
  readonly stores: readonly string[];
  /** How many of the newest versions stay readable by `at`; 100 if not given. */
  readonly keepVersions?: number;
}

/**
 * The committed state: one IAVL tree a store, rooted in the Merkle map of store names.
 *
 * A block's way: write to `working` (or to branches of it), `stage(height)` in FinalizeBlock, `commit()` in Commit.
 * What was staged and not committed is gone after a restart, and the same height can be staged again.
 */
export class CommitMultiStore {
  /** Opens or creates the store in `folder`; without a folder it lives in memory only. */
  static open(_folder: string | undefined, _options: StoreOptions): CommitMultiStore {
    throw new Error('not built yet');
  }

  /** What happened on opening that an operator should read (a torn record cut, a damaged checkpoint passed over). */
  declare readonly notes: readonly string[];
  /** The last committed height, 0 before the first commit. */
  declare readonly version: bigint;
  /** App hash of the last committed height, 32 bytes; SHA-256 of nothing before the first commit (as the SDK's InitChain). */
  declare readonly appHash: Uint8Array;
  /** The state at the last committed height, moving on with each commit. Writing to it throws; branch it (CheckTx, proposals). */
  declare readonly committed: StateBranch;
  /** What the next version will be: `committed` with the block's writes so far. InitChain and FinalizeBlock write here. */
  declare readonly working: StateBranch;

  /** Drops all writes to `working` and anything staged. */
  declare discard: () => void;
  /** Applies `working` to the trees as version `height` and returns the app hash; may be called again for the same height. */
  declare stage: (height: bigint) => Uint8Array;
  /** Makes the staged version the committed one, durably: it returns after the log record is on disk. */
  declare commit: () => void;
  /** A kept version, the last one if no height is given; throws `UnknownVersionError`. */
  declare at: (height?: bigint) => CommittedVersion;
  /** Waits for background work and closes the files. */
  declare close: () => Promise<void>;
}
