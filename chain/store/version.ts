import type { StateBranch } from './kv.ts';

/** One step of a store proof, as CometBFT's `ProofOp` carries it: `type` is `ics23:iavl` or `ics23:simple`. */
export interface StoreProofOp {
  readonly type: string;
  readonly key: Uint8Array;
  /** Protobuf bytes of an `ics23.CommitmentProof`. */
  readonly data: Uint8Array;
}

/** One committed height, readable as long as it lies within the kept window. */
export interface CommittedVersion {
  readonly height: bigint;
  /** Root of the Merkle map of store names, 32 bytes; the header of the next height carries it. */
  readonly appHash: Uint8Array;
  /** Writes to the state itself throw; writes to its branches stay there. */
  readonly state: StateBranch;
  /**
   * Proves that `key` has its value in `store`, or that it is absent: first `ics23:iavl`, then `ics23:simple` up to the
   * app hash. Throws on an unknown store, and on a store without any entry, where ICS-23 has no proof of absence.
   */
  prove(store: string, key: Uint8Array): StoreProofOp[];
}

/** Asked for a height that is not kept: never committed, or pruned. */
export class UnknownVersionError extends Error {
  readonly height: bigint;

  constructor(height: bigint, oldest: bigint, newest: bigint) {
    super(`version ${height} does not exist: this node keeps ${oldest} to ${newest}`);
    this.name = 'UnknownVersionError';
    this.height = height;
  }
}
