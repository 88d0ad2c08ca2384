import type { ChainEvent } from '../../chain/events.ts';

/** A tx as the block holds it, with its result. */
export interface SourceTx {
  readonly bytes: Uint8Array;
  /** 0 is success. */
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  readonly events: readonly ChainEvent[];
}

/** A change of CometBFT's validator set. */
export interface SourceValidatorUpdate {
  /** Consensus address: the first 20 bytes of SHA-256 of the key, upper-case hex. */
  readonly address: string;
  readonly power: string;
}

/** Everything that the indexer keeps of a block: `block` and `block_results` in one. Hashes are upper-case hex. */
export interface SourceBlock {
  readonly chainId: string;
  readonly height: number;
  readonly hash: string;
  /** Hash of the block before, empty at the first height. */
  readonly previousHash: string;
  /** RFC 3339, nanoseconds, UTC. */
  readonly time: string;
  /** Consensus address. */
  readonly proposer: string;
  /** The state after the block before. */
  readonly appHash: string;
  readonly txs: readonly SourceTx[];
  /** Events of block hooks; the last attribute `mode` says which hook. */
  readonly events: readonly ChainEvent[];
  readonly validatorUpdates: readonly SourceValidatorUpdate[];
}

/** What the chain began with. */
export interface SourceGenesis {
  readonly chainId: string;
  readonly initialHeight: number;
  readonly time: string;
  readonly appState: Readonly<Record<string, unknown>>;
}

/** One step of a Merkle proof as `abci_query` gives it. */
export interface SourceProofOp {
  readonly type: string;
  readonly key: Uint8Array;
  readonly data: Uint8Array;
}

/** A value of the chain's state with its proof. */
export interface SourceValue {
  /** Empty when there is nothing under the key; the proof then shows that. */
  readonly value: Uint8Array;
  /** The state after this block. */
  readonly height: number;
  readonly proof: readonly SourceProofOp[];
}

/** Where blocks come from. */
export interface Source {
  /** Last height whose results exist; 0 before the first block. Waits until a node answers. */
  tip(): Promise<number>;
  /** The same, but throws when no node answers now. */
  tipNow(): Promise<number>;
  /** Blocks of consecutive heights, in order. Waits until a node gives them. */
  blocks(first: number, last: number): Promise<readonly SourceBlock[]>;
  genesis(): Promise<SourceGenesis>;
  /** Raw bytes under a key of a store at a height, with the proof. Throws when no node can prove it now. */
  storeValue(store: string, key: Uint8Array, height: number): Promise<SourceValue>;
}
