import { toByteString } from '../../sdk/codec/byteString.ts';
import type { NodeHasher, NodeId, NodeSource } from './iavl/node.ts';
import { proveKey } from './iavl/proof.ts';
import { type SavedTree, Tree } from './iavl/tree.ts';
import type { ChildBranch, KVReader, KVStore, StateBranch } from './kv.ts';
import { MerkleMap } from './merkleMap.ts';
import { compareKeys, OverlayBranch } from './overlay.ts';
import type { ChangeSet } from './record.ts';
import type { StoreSets, StoreUpgrade } from './storeSets.ts';

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

/** A version, and by store what came and went with it. */
export interface NextVersion {
  readonly version: CommittedVersion;
  readonly edits: ReadonlyMap<string, SavedTree>;
}

/** Stores that come, with their empty trees, and go with a version. */
export interface StoreTurnover {
  readonly added: ReadonlyMap<string, Tree>;
  readonly deleted: readonly string[];
}

/** What an upgrade does to the stores; `source`: where the nodes of the store with a number are. */
export function turnoverOf(
  upgrade: StoreUpgrade,
  sets: StoreSets,
  source: (store: number) => NodeSource,
): StoreTurnover {
  const empty = (name: string) => new Tree(undefined, source(sets.number(name, upgrade.height)));
  return { added: new Map(upgrade.added.map((name) => [name, empty(name)])), deleted: upgrade.deleted };
}

const emptyTree = new Tree();

/** All stores at one height: immutable, and sharing with its neighbours what did not change between them. */
export class CommittedVersion {
  readonly height: bigint;
  readonly trees: ReadonlyMap<string, Tree>;
  /** Root of the Merkle map of store names, 32 bytes; the header of the next height carries it. */
  readonly appHash: Uint8Array;
  /** Writes to the state itself throw; writes to its branches stay there. */
  readonly state: StateBranch = new ReadOnlyState((name) => this.reader(name));
  readonly #map: MerkleMap;
  readonly #nextIds: ReadonlyMap<string, NodeId>;
  readonly #isStore: (name: string) => boolean;

  /**
   * `nextIds`: by store, the id of the first node that the next version makes; 1 if not given. `isStore`: names of stores
   * that may have come later.
   */
  constructor(
    height: bigint,
    trees: ReadonlyMap<string, Tree>,
    nextIds: ReadonlyMap<string, NodeId>,
    isStore: (name: string) => boolean = () => false,
  ) {
    this.height = height;
    this.trees = trees;
    this.#nextIds = nextIds;
    this.#isStore = isStore;
    this.#map = new MerkleMap(new Map([...trees].map(([name, tree]) => [name, Buffer.from(tree.hash, 'latin1')])));
    // As the SDK's InitChain answers: SHA-256 of nothing as long as nothing is committed.
    this.appHash = height === 0n ? new MerkleMap(new Map()).root : this.#map.root;
  }

  /** Ids of nodes below this one are of this version or older. */
  nextId(store: string): NodeId {
    return this.#nextIds.get(store) ?? 1;
  }

  tree(store: string): Tree {
    const tree = this.trees.get(store);
    if (tree === undefined) throw new Error(`no store is called ${store}`);
    return tree;
  }

  /** What a store holds; one that came later is read as an empty one, as the SDK does. Throws on an unknown name. */
  reader(store: string): KVReader {
    return this.trees.get(store) ?? (this.#isStore(store) ? emptyTree : this.tree(store));
  }

  /** The version that follows at `height` with the changes made in order of their keys. */
  next(height: bigint, stores: ChangeSet['stores'], hasher: NodeHasher, turnover?: StoreTurnover): NextVersion {
    const { trees, nextIds } = turnover === undefined ? this.#copy() : this.#turned(turnover);
    const edits = new Map<string, SavedTree>();
    for (const [name, changes] of stores) {
      const tree = trees.get(name);
      const firstId = nextIds.get(name) ?? 1;
      if (tree === undefined) throw new Error(`no store is called ${name}`);
      const editor = tree.edit();
      editor.apply(changes);
      const edit = editor.save(Number(height), hasher, firstId);
      trees.set(name, edit.tree);
      nextIds.set(name, firstId + edit.created.length);
      edits.set(name, edit);
    }
    return { version: new CommittedVersion(height, trees, nextIds, this.#isStore), edits };
  }

  #copy() {
    return { trees: new Map(this.trees), nextIds: new Map(this.#nextIds) };
  }

  /** Trees stay in order of their names. */
  #turned({ added, deleted }: StoreTurnover) {
    const kept = [...this.trees].filter(([name]) => !deleted.includes(name));
    const trees = new Map([...kept, ...added].sort(([a], [b]) => compareKeys(a, b)));
    return { trees, nextIds: new Map([...this.#nextIds].filter(([name]) => !deleted.includes(name))) };
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
