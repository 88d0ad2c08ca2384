import { DamageError } from './damage.ts';
import { longestFlatKey, numberKey, type StateDatabase, tables } from './database.ts';
import { type FlatSource, FlatState } from './flat.ts';
import { type Child, NodeHasher, type Stub, stubOf } from './iavl/node.ts';
import { Tree } from './iavl/tree.ts';
import { DiskNodes, leafKey } from './nodeRecord.ts';
import type { StoreSets, StoreUpgrade } from './storeSets.ts';
import { CommittedVersion, type StoreTurnover, turnoverOf } from './version.ts';
import { readVersion } from './versionRecord.ts';

/** Larger than any key of a table. */
const behindAll = Buffer.alloc(1_950, 0xff);
/** More of one kind are counted, not listed. */
const mostOfAKind = 10;

/** Reads all of the state database and reports what is not what was written. */
export class DatabaseCheck {
  readonly hasher = new NodeHasher();
  readonly #database: StateDatabase;
  readonly #sets: StoreSets;
  readonly #report: (problem: string) => void;
  #nodesRead = 0;

  constructor(database: StateDatabase, sets: StoreSets, report: (problem: string) => void) {
    this.#database = database;
    this.#sets = sets;
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
        const name = this.#nameOf(key[0] ?? 0);
        if (bad <= mostOfAKind) this.#damage(`node ${key.readUIntBE(1, 6)} of store ${name} ${text(error)}`);
      }
    }
    if (bad > mostOfAKind) this.#damage(`${bad} nodes in all are not what was written`);
  }

  /** The checksum of every version's record; returns the version of the checkpoint, undefined if it is not sound. */
  versions(checkpoint: bigint): CommittedVersion | undefined {
    if (checkpoint === 0n) {
      const trees = [...this.#sets.at(0n)].map(
        ([name, store]) => [name, new Tree(undefined, this.#nodes(store))] as const,
      );
      return new CommittedVersion(0n, new Map(trees), new Map());
    }
    const source = (height: bigint) => (name: string) => {
      const store = this.#sets.at(height).get(name);
      if (store === undefined) throw new DamageError(`${this.#database.path} names an unknown store ${name}`);
      return this.#nodes(store);
    };
    const heights = [...this.#database.range(tables.versions, numberKey(0), behindAll)].map(({ key }) =>
      BigInt(key.readUIntBE(0, 6)),
    );
    let found: CommittedVersion | undefined;
    for (const height of heights) {
      try {
        const version = readVersion(this.#database, height, source(height));
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
    for (const [name, index] of this.#sets.at(version.height)) {
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

  /** What an upgrade does to the stores. */
  turnover(upgrade: StoreUpgrade | undefined): StoreTurnover | undefined {
    return upgrade && turnoverOf(upgrade, this.#sets, (store) => this.#nodes(store));
  }

  #nodes(store: number): DiskNodes {
    return new DiskNodes(this.#database, store, 1000);
  }

  #nameOf(store: number): string {
    for (const from of [0n, ...this.#sets.upgrades.map(({ height }) => height)]) {
      for (const [name, number] of this.#sets.at(from)) if (number === store) return name;
    }
    return `number ${store}`;
  }

  #damage(what: string): void {
    this.#report(`${this.#database.path} is damaged: ${what}`);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
