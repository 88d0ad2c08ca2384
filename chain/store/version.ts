import type { NodeHasher } from './iavl/node.ts';
import { proveKey } from './iavl/proof.ts';
import { Tree } from './iavl/tree.ts';
import { type ChildBranch, type KVReader, type KVStore, type StateBranch, toByteString } from './kv.ts';
import { MerkleMap } from './merkleMap.ts';
import { OverlayBranch } from './overlay.ts';
import type { ChangeSet } from './record.ts';

/** One step of a store proof, as CometBFT's `ProofOp` carries it: `type` is `ics23:iavl` or `ics23:simple`. */
export interface StoreProofOp {
  readonly type: string;
  readonly key: Uint8Array;
  /** Protobuf bytes of an `ics23.CommitmentProof`. */
  readonly data: Uint8Array;
}

/** Named readers seen as a state that refuses writes; its branches take them. */
export class ReadOnlyState implements StateBranch {
  readonly #reader: (store: string) => KVReader;

  constructor(reader: (store: string) => KVReader) {
    this.#reader = reader;
  }

  store(name: string): KVStore {
    const reader = this.#reader(name);
    const refuse = () => {
      throw new Error(`the committed state of ${name} cannot be written: branch it`);
    };
    return {
      get: (key) => reader.get(key),
      has: (key) => reader.has(key),
      iterate: (range) => reader.iterate(range),
      set: refuse,
      delete: refuse,
    };
  }

  branch(): ChildBranch {
    return new OverlayBranch(this);
  }
}

/** All stores at one height: immutable, and sharing with its neighbours what did not change between them. */
export class CommittedVersion {
  readonly height: bigint;
  readonly trees: ReadonlyMap<string, Tree>;
  /** Root of the Merkle map of store names, 32 bytes; the header of the next height carries it. */
  readonly appHash: Uint8Array;
  /** Writes to the state itself throw; writes to its branches stay there. */
  readonly state: StateBranch = new ReadOnlyState((name) => this.tree(name));
  readonly #map: MerkleMap;

  constructor(height: bigint, trees: ReadonlyMap<string, Tree>) {
    this.height = height;
    this.trees = trees;
    this.#map = new MerkleMap(new Map([...trees].map(([name, tree]) => [name, Buffer.from(tree.hash, 'latin1')])));
    // As the SDK's InitChain answers: SHA-256 of nothing as long as nothing is committed.
    this.appHash = height === 0n ? new MerkleMap(new Map()).root : this.#map.root;
  }

  /** The version before the first, with nothing in it. */
  static empty(stores: readonly string[]): CommittedVersion {
    return new CommittedVersion(0n, new Map(stores.map((name) => [name, new Tree()])));
  }

  tree(store: string): Tree {
    const tree = this.trees.get(store);
    if (tree === undefined) throw new Error(`no store is called ${store}`);
    return tree;
  }

  /** The version that follows at `height` with the changes made in order of their keys. */
  next(height: bigint, stores: ChangeSet['stores'], hasher: NodeHasher): CommittedVersion {
    const trees = new Map(this.trees);
    for (const [name, changes] of stores) {
      const editor = this.tree(name).edit();
      for (const [key, value] of changes) {
        if (value === null) editor.delete(key);
        else editor.set(key, value);
      }
      trees.set(name, editor.save(Number(height), hasher));
    }
    return new CommittedVersion(height, trees);
  }

  /**
   * Proves that `key` has its value in `store`, or that it is absent: first `ics23:iavl`, then `ics23:simple` up to the
   * app hash. Throws on an unknown store, and on a store without any entry, where ICS-23 has no proof of absence.
   */
  prove(store: string, key: Uint8Array): StoreProofOp[] {
    return [
      { type: 'ics23:iavl', key, data: proveKey(this.tree(store), toByteString(key)) },
      { type: 'ics23:simple', key: Buffer.from(store), data: this.#map.prove(store) },
    ];
  }
}

/** Asked for a height that is not kept: never committed, or pruned. */
export class UnknownVersionError extends Error {
  override readonly name = 'UnknownVersionError';
  readonly height: bigint;

  constructor(height: bigint, oldest: bigint, newest: bigint) {
    super(`version ${height} does not exist: this node keeps ${oldest} to ${newest}`);
    this.height = height;
  }
}
