import { DamageError } from './damage.ts';
import { longestFlatKey, numberKey, type StateDatabase, tables } from './database.ts';
import { type FlatSource, FlatState } from './flat.ts';
import { type Child, NodeHasher, type Stub, stubOf } from './iavl/node.ts';
import { Tree } from './iavl/tree.ts';
import { DiskNodes, leafKey } from './nodeRecord.ts';
import { CommittedVersion } from './version.ts';
import { readVersion } from './versionRecord.ts';

/** Larger than any key of a table. */
const behindAll = Buffer.alloc(1_950, 0xff);
/** More of one kind are counted, not listed. */
const mostOfAKind = 10;

/** Reads all of the state database and reports what is not what was written. */
export class DatabaseCheck {
  readonly hasher = new NodeHasher();
  readonly #database: StateDatabase;
  readonly #stores: readonly string[];
  readonly #report: (problem: string) => void;
  #nodesRead = 0;

  constructor(database: StateDatabase, stores: readonly string[], report: (problem: string) => void) {
    this.#database = database;
    this.#stores = stores;
    this.#report = report;
  }

  get nodesRead(): number {
    return this.#nodesRead;
  }

  /** The checksum of every node's record, those of old versions included. */
  records(): void {
    let bad = 0;
    for (const { key, value } of this.#database.range(tables.nodes, numberKey(0), behindAll)) {
      try {
        leafKey(key.readUIntBE(1, 6), value);
        this.#nodesRead++;
      } catch (error) {
        bad++;
        const name = this.#stores[key[0] ?? 0] ?? `number ${key[0]}`;
        if (bad <= mostOfAKind) this.#damage(`node ${key.readUIntBE(1, 6)} of store ${name} ${text(error)}`);
      }
    }
    if (bad > mostOfAKind) this.#damage(`${bad} nodes in all are not what was written`);
  }

  /** The checksum of every version's record; returns the version of the checkpoint, undefined if it is not sound. */
  versions(checkpoint: bigint): CommittedVersion | undefined {
    const nodes = new Map(this.#stores.map((name, index) => [name, new DiskNodes(this.#database, index, 1000)]));
    const source = (store: string) => {
      const found = nodes.get(store);
      if (found === undefined) throw new DamageError(`${this.#database.path} names an unknown store ${store}`);
      return found;
    };
    if (checkpoint === 0n) {
      return new CommittedVersion(
        0n,
        new Map([...nodes].map(([name, disk]) => [name, new Tree(undefined, disk)])),
        new Map(),
      );
    }
    const heights = [...this.#database.range(tables.versions, numberKey(0), behindAll)].map(({ key }) =>
      BigInt(key.readUIntBE(0, 6)),
    );
    let found: CommittedVersion | undefined;
    for (const height of heights) {
      try {
        const version = readVersion(this.#database, height, source);
        if (height === checkpoint) found = version;
      } catch (error) {
        this.#report(text(error));
      }
    }
    if (!heights.includes(checkpoint)) this.#damage(`the version of its checkpoint ${checkpoint} is missing`);
    return found;
  }

  /**
   * Every hash below the roots of a version, and each value of the flat state against its leaf. Returns the number of
   * entries.
   */
  trees(version: CommittedVersion): number {
    let entries = 0;
    for (const [index, name] of this.#stores.entries()) {
      const tree = version.trees.get(name);
      if (tree === undefined) {
        this.#damage(`version ${version.height} has no store ${name}`);
        continue;
      }
      try {
        entries += this.#tree(name, index, tree);
      } catch (error) {
        if (!(error instanceof DamageError)) throw error;
        this.#report(error.message);
      }
    }
    return entries;
  }

  #tree(name: string, index: number, tree: Tree): number {
    const flat = new FlatState({ database: this.#database, store: index, cacheBytes: 0 } satisfies FlatSource);
    const pending: Child[] = tree.root === undefined ? [] : [tree.root];
    let leaves = 0;
    let short = 0;
    for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
      const node = this.#soundNode(name, stubOf(child), tree);
      if (node.kind === 'inner') {
        pending.push(node.right, node.left);
        continue;
      }
      leaves++;
      if (node.key.length > longestFlatKey) continue;
      short++;
      const value = flat.get(node.key);
      if (value === undefined || !Buffer.from(value).equals(node.value)) {
        const key = Buffer.from(node.key, 'latin1').toString('hex');
        this.#damage(`the flat value of key ${key} of store ${name} is not that of its tree`);
      }
    }
    if (leaves !== tree.size) this.#damage(`the tree of ${name} says ${tree.size} entries and has ${leaves}`);
    const from = Buffer.from([index]);
    let kept = 0;
    for (const _entry of this.#database.range(tables.flat, from, Buffer.from([index + 1]))) kept++;
    if (kept !== short) this.#damage(`the flat state of ${name} has ${kept} entries, its tree ${short}`);
    return leaves;
  }

  #soundNode(name: string, stub: Stub, tree: Tree) {
    const node = tree.source.load(stub);
    this.hasher.rehash(node);
    if (node.hash !== stub.hash) {
      throw new DamageError(
        `${this.#database.path} is damaged: node ${stub.id} of store ${name} has another hash than its parent says`,
      );
    }
    return node;
  }

  #damage(what: string): void {
    this.#report(`${this.#database.path} is damaged: ${what}`);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
