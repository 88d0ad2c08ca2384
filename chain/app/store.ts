import type { StateBranch } from '../store/kv.ts';
import type { CommittedVersion } from '../store/version.ts';

/** The committed state as block execution sees it; `CommitMultiStore` is one. */
export interface AppStore {
  /** Height of the last committed version; 0 before the first. */
  readonly version: bigint;
  /** App hash of the last committed version, 32 bytes. */
  readonly appHash: Uint8Array;
  /** State of the last committed version; only branches of it are written. */
  readonly committed: StateBranch;
  /** What the next version will be. InitChain and FinalizeBlock write here. */
  readonly working: StateBranch;
  /** Drops what was written and staged since the last commit. */
  discard(): void;
  /** App hash of `working` as version `height`. */
  stage(height: bigint): Uint8Array;
  /** Makes the staged version durable; a crash at any instant after it returns keeps the version. */
  commit(): void;
  /** A kept version, the last one without a height. Throws `UnknownVersionError`. */
  at(height?: bigint): CommittedVersion;
}
