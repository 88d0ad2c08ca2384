import type { StateBranch } from '../store/kv.ts';

/** One step of a proof as `tendermint.crypto.ProofOp` carries it. */
export interface StoreProofOp {
  readonly type: string;
  readonly key: Uint8Array;
  readonly data: Uint8Array;
}

/** The committed state as block execution sees it. */
export interface AppStore {
  /** Height of the last committed version; 0 before the first. */
  readonly height: bigint;
  /** App hash of the last committed version; empty before the first. */
  readonly appHash: Uint8Array;
  /** The tip. Branch it; only `stage` writes to it. */
  readonly state: StateBranch;
  /** The app hash that the tip with these writes has, at `height`. Durable and visible only after `commit`. */
  stage(height: bigint, writes: StagedWrites): Uint8Array;
  /** Makes the staged version durable. When it resolves, a crash at any instant keeps the version. */
  commit(): void | Promise<void>;
  /** A committed version for queries; undefined when it is pruned or not there yet. Never written to. */
  at(height: bigint): StateBranch | undefined;
  /** Value and proof (or proof of absence) of a key in a committed version. Throws when the version is not kept. */
  prove(store: string, key: Uint8Array, height: bigint): StoreProof;
}

/** Whatever holds a block's writes until they are handed to the store. */
export interface StagedWrites {
  /** Applies all writes to what was branched. */
  write(): void;
}

export interface StoreProof {
  readonly value: Uint8Array | undefined;
  readonly ops: readonly StoreProofOp[];
}
