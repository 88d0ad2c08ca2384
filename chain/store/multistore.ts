import { renameSync, rmSync } from 'node:fs';
import type { PendingVersion } from './checkpointer.ts';
import { DamageError } from './damage.ts';
import { longestFlatKey } from './database.ts';
import { Disk, databasePath } from './disk.ts';
import { syncFolder } from './files.ts';
import { FlatState } from './flat.ts';
import { NodeHasher, noSource } from './iavl/node.ts';
import { Tree } from './iavl/tree.ts';
import { heightToKeep, trimNodes, trimTree } from './iavl/trim.ts';
import type { ByteString, KVReader, StateBranch } from './kv.ts';
import { openMetadata, type StoreMeta, saveStoreSets } from './metadata.ts';
import { compareKeys, OverlayBranch } from './overlay.ts';
import { oldestToKeep, type Pruning, pruningPresets } from './pruning.ts';
import type { ChangeSet, StoreChanges } from './record.ts';
import { Restore } from './restore.ts';
import { finishRollback } from './rollback.ts';
import type { Snapshot } from './snapshots.ts';
import { demandStores, StoreMismatchError, StoreSets, type StoreUpgrade, sameStores } from './storeSets.ts';
import { CommittedVersion, ReadOnlyState, turnoverOf, UnknownVersionError } from './version.ts';

export interface StoreOptions {
  readonly meta: StoreMeta;
  /** Names of the committed stores, in any order. */
  readonly stores: readonly string[];
  /**
   * Asked when a folder that has blocks has other stores than `stores`: the upgrade that makes them of those, if its height
   * is the one that comes next; `committed` is the last state. Without it such a folder is refused.
   */
  readonly upgrade?: (committed: StateBranch, nextHeight: bigint) => StoreUpgrade | undefined;
  /** Which versions stay readable by `at`; `default` if not given, the newest 100 if there is no folder. */
  readonly pruning?: Pruning;
  /** Blocks between two checkpoints; 100 if not given. */
  readonly checkpointEvery?: number;
  /** Length of the log's files, bytes; 16 MiB if not given. */
  readonly logSegmentBytes?: number;
  readonly cache?: CacheLimits;
  /** Hears what an operator should read: a torn record cut on opening, a checkpoint that failed or was damaged. */
  readonly warn?: (text: string) => void;
}

/** Bounds of what is kept in memory over all stores, besides what waits for the next checkpoint. */
export interface CacheLimits {
  /** Nodes of the newest version's trees, those near the root first; 2 million if not given. About 200 bytes each. */
  readonly treeNodes?: number;
  /** Nodes that were read lately; 100,000 if not given. */
  readonly readNodes?: number;
  /** Values that were read or written lately; 128 MiB if not given. */
  readonly valueBytes?: number;
}

/**
 * The committed state: one IAVL tree a store, rooted in the Merkle map of store names.
 *
 * A block's way: write to `working` (or to branches of it), `stage(height)` in FinalizeBlock, `commit()` in Commit.
 * What was staged and not committed is gone after a restart, and the same height can be staged again.
 */
export class CommitMultiStore {
  /** The state at the last committed height, moving on with each commit. Writing to it throws; branch it (CheckTx, proposals). */
  readonly committed: StateBranch = new ReadOnlyState((name) => this.#tipReader(name));
  /** What `warn` was told on opening. */
  readonly notes: readonly string[];
  #working = new OverlayBranch(this.committed);
  readonly #folder: string | undefined;
  readonly #options: StoreOptions;
  readonly #pruning: Pruning;
  readonly #treeNodes: number;
  readonly #hasher = new NodeHasher();
  /** The newest versions, which are in memory, oldest first. */
  readonly #recent: CommittedVersion[] = [];
  readonly #tip = new Map<string, FlatState>();
  #disk: Disk | undefined;
  /** The stores of every height, those of an upgrade to come included. */
  #sets: StoreSets;
  #last: CommittedVersion;
  #staged: PendingVersion | undefined;
  /** Nodes below this height are read from disk when they are needed. */
  #keepHeight = 0;

  private constructor(folder: string | undefined, options: StoreOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#pruning =
      options.pruning ?? (folder === undefined ? { keepRecent: 100, interval: 1 } : pruningPresets.default);
    this.#treeNodes = options.cache?.treeNodes ?? 2_000_000;
    this.#sets = new StoreSets(sortedNames(options.stores));
    this.#last = new CommittedVersion(0n, new Map(), new Map());
    const notes: string[] = [];
    this.#load((text) => {
      notes.push(text);
      options.warn?.(text);
    });
    this.notes = [...notes];
  }

  /** Reads what is in the folder, in place of what is in memory. */
  #load(warn: (text: string) => void): void {
    const disk = this.#folder === undefined ? undefined : this.#openDisk(this.#folder, warn);
    this.#disk = disk;
    const source = (store: number) => disk?.nodes(store) ?? noSource;
    const base = this.#sets.at(disk?.checkpoint ?? 0n);
    this.#recent.length = 0;
    this.#tip.clear();
    for (const [name, store] of base) this.#tip.set(name, new FlatState(disk?.flat(store)));
    const trees = [...base].map(([name, store]) => [name, new Tree(undefined, source(store))] as const);
    this.#last = new CommittedVersion(0n, new Map(trees), new Map(), (name) => this.#sets.latest.has(name));
    try {
      if (disk !== undefined) this.#restore(disk);
      if (this.#folder !== undefined) this.#matchStores(this.#folder);
    } catch (error) {
      void disk?.close();
      throw error;
    }
  }

  #openDisk(folder: string, warn: (text: string) => void): Disk {
    const { meta, checkpointEvery, logSegmentBytes, cache } = this.#options;
    const { secret, sets } = openMetadata(folder, meta, sortedNames(this.#options.stores));
    this.#sets = finishRollback(folder, secret, sets);
    return new Disk({
      folder,
      secret,
      sets: () => this.#sets,
      checkpointEvery: checkpointEvery ?? 100,
      logSegmentBytes: logSegmentBytes ?? 16 * 1024 * 1024,
      valueCacheBytes: cache?.valueBytes ?? 128 * 1024 * 1024,
      readNodes: cache?.readNodes ?? 100_000,
      settled: (versions) => this.#settled(versions),
      warn,
    });
  }

  /**
   * Opens or creates the store in `folder`; without a folder it lives in memory only. Throws `StoreMismatchError` for a
   * folder of another chain, format or set of stores, and `DamageError` for one whose files are not what was written.
   */
  static open(folder: string | undefined, options: StoreOptions): CommitMultiStore {
    return new CommitMultiStore(folder, options);
  }

  /** The last committed height, 0 before the first commit. */
  get version(): bigint {
    return this.#last.height;
  }

  /** App hash of the last committed height, 32 bytes; SHA-256 of nothing before the first commit. */
  get appHash(): Uint8Array {
    return this.#last.appHash;
  }

  /** What the next version will be: `committed` with the block's writes so far. InitChain and FinalizeBlock write here. */
  get working(): StateBranch {
    return this.#working;
  }

  /** Drops all writes to `working` and anything staged. */
  discard(): void {
    this.#working.discard();
    this.#staged = undefined;
  }

  /**
   * Lets stores come and go with the next block: from now on `committed` and `working` have the new ones, empty, and not
   * those that go. Nothing is on disk before that block's `commit`; a store that is opened again has to be told again.
   * Throws `StoreMismatchError` for an upgrade of another height, or of stores that are there already or not at all.
   */
  upgradeStores(upgrade: StoreUpgrade): void {
    if (this.version === 0n || upgrade.height !== this.version + 1n) {
      throw new StoreMismatchError(`stores cannot change at height ${upgrade.height}: the last one is ${this.version}`);
    }
    this.#sets = this.#sets.upTo(this.version).with(upgrade);
    this.#staged = undefined;
    this.#turnTip(upgrade);
    this.#working = new OverlayBranch(this.committed);
  }

  /** Applies `working` to the trees as version `height` and returns the app hash; may be called again before `commit`. */
  stage(height: bigint): Uint8Array {
    this.#expectNext(height);
    const stores = [...this.#working.changes()]
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([name, writes]) => [name, sortedChanges(writes)] as const);
    const next = this.#next(height, stores);
    const after = next.version.appHash;
    this.#staged = { ...next, set: { height, before: this.appHash, after, stores } };
    return after;
  }

  /** Makes the staged version the committed one and returns after its log record is on disk. */
  commit(): void {
    const staged = this.#staged;
    if (staged === undefined) throw new Error('nothing is staged to commit');
    const { height } = staged.set;
    if (this.#folder !== undefined && this.#sets.upgradeAt(height) !== undefined)
      saveStoreSets(this.#folder, this.#sets);
    this.#disk?.append(staged.set);
    this.discard();
    this.#advance(staged);
  }

  /** A kept version, the last one if no height is given; throws `UnknownVersionError`. */
  at(height: bigint = this.version): CommittedVersion {
    if (height === this.version) return this.#last;
    const inMemory = this.#recent[Number(height - (this.#recent[0] ?? this.#last).height)];
    const found = inMemory ?? this.#disk?.version(height);
    if (found === undefined) throw new UnknownVersionError(height, this.oldest, this.version);
    return found;
  }

  /** The oldest height that `at` answers for. */
  get oldest(): bigint {
    const onDisk = this.#disk === undefined || this.#disk.checkpoint === 0n ? undefined : this.#disk.oldest;
    return onDisk ?? (this.#recent[0] ?? this.#last).height;
  }

  /** Keeps a version from being pruned until the returned function is called. Throws `UnknownVersionError`. */
  pin(height: bigint): () => void {
    this.at(height);
    return this.#disk?.pin(height) ?? (() => {});
  }

  /** Begins to build this store's content out of a snapshot; only a store without any version takes one. */
  restore(snapshot: Snapshot, appHash: Uint8Array): Restore {
    if (this.#folder === undefined) throw new Error('a store in memory takes no snapshot');
    if (this.version !== 0n) throw new Error(`a store at height ${this.version} takes no snapshot`);
    const { meta } = this.#options;
    return new Restore({ folder: this.#folder, meta, stores: this.#sets.latest }, snapshot, appHash);
  }

  /** Moves a restore that is `done` into place: the store is at the snapshot's height then. */
  async adopt(restore: Restore): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined || this.version !== 0n) throw new Error('this store takes no snapshot');
    await restore.close(true);
    await this.#disk?.close();
    this.discard();
    rmSync(`${databasePath(folder)}-lock`, { force: true });
    renameSync(databasePath(restore.folder), databasePath(folder));
    syncFolder(folder);
    rmSync(restore.folder, { recursive: true, force: true });
    this.#load(this.#options.warn ?? (() => {}));
  }

  /** Waits for background work and closes the files. */
  async close(): Promise<void> {
    await this.#disk?.close();
  }

  #expectNext(height: bigint): void {
    if (height <= 0n || (this.version !== 0n && height !== this.version + 1n)) {
      throw new Error(`version ${height} cannot follow version ${this.version}`);
    }
  }

  #restore(disk: Disk): void {
    if (disk.checkpoint > 0n) {
      const found = disk.version(disk.checkpoint);
      if (found === undefined) throw new DamageError(`the state database has no version ${disk.checkpoint}`);
      this.#last = found;
      this.#recent.push(found);
      this.#keepHeight = this.#neededHeight();
    }
    disk.replay((set, where) => this.#replay(set, where));
  }

  #replay(set: ChangeSet, where: string): void {
    if (!Buffer.from(this.appHash).equals(set.before) || (this.version !== 0n && set.height !== this.version + 1n)) {
      throw new DamageError(`${where}: the record of height ${set.height} does not follow height ${this.version}`);
    }
    const upgrade = this.#sets.upgradeAt(set.height);
    if (upgrade !== undefined) this.#turnTip(upgrade);
    const next = this.#next(set.height, set.stores);
    if (!Buffer.from(next.version.appHash).equals(set.after)) {
      throw new DamageError(`${where}: replaying height ${set.height} gives another app hash than was committed`);
    }
    this.#advance({ ...next, set });
  }

  #next(height: bigint, stores: ChangeSet['stores']) {
    const upgrade = this.#sets.upgradeAt(height);
    const source = (store: number) => this.#disk?.nodes(store) ?? noSource;
    return this.#last.next(height, stores, this.#hasher, upgrade && turnoverOf(upgrade, this.#sets, source));
  }

  #turnTip({ height, added, deleted }: StoreUpgrade): void {
    for (const name of deleted) this.#tip.delete(name);
    for (const name of added) this.#tip.set(name, new FlatState(this.#disk?.flat(this.#sets.number(name, height))));
  }

  /** Holds the folder's stores to those wanted; an upgrade that was decided and not committed is forgotten. */
  #matchStores(folder: string): void {
    const { stores, upgrade } = this.#options;
    if (this.version > 0n) this.#sets = this.#sets.upTo(this.version);
    if (this.version > 0n && !sameStores(this.#sets.latest.keys(), stores)) {
      const change = upgrade?.(this.committed, this.version + 1n);
      if (change?.height === this.version + 1n) this.upgradeStores(change);
    }
    demandStores(folder, this.#sets.latest.keys(), stores);
    saveStoreSets(folder, this.#sets.upTo(this.version));
  }

  #advance(next: PendingVersion): void {
    const { version, set } = next;
    for (const [name, changes] of set.stores) this.#flat(name).apply(set.height, changes);
    this.#last = version;
    this.#recent.push(version);
    const oldest = oldestToKeep(this.#pruning, version.height);
    if (this.#disk === undefined) this.#forgetBelow(oldest ?? 0n);
    else {
      this.#disk.behind(next);
      if (oldest !== undefined) this.#disk.prune(oldest);
    }
  }

  #forgetBelow(height: bigint): void {
    while (this.#recent[0] !== undefined && this.#recent[0].height < height) this.#recent.shift();
  }

  /** These versions are on disk: what a restart could read from there need not be in memory any more. */
  #settled(versions: readonly PendingVersion[]): void {
    const needed = this.#neededHeight();
    for (const { set, edits } of versions) {
      // A store that an upgrade deleted is gone here.
      for (const [name, changes] of set.stores)
        this.#tip.get(name)?.settled(versions.at(-1)?.set.height ?? 0n, changes);
      if (needed > 0) for (const { created } of edits.values()) trimNodes(created, needed);
    }
    this.#forgetBelow(versions.at(-1)?.version.height ?? 0n);
    const onDisk = this.#recent[0];
    if (needed > this.#keepHeight && onDisk !== undefined) {
      for (const { root } of onDisk.trees.values()) trimTree(root, needed);
    }
    this.#keepHeight = needed;
  }

  #neededHeight(): number {
    let entries = 0;
    for (const tree of this.#last.trees.values()) entries += tree.size;
    return heightToKeep(entries, this.#treeNodes);
  }

  #flat(name: string): FlatState {
    const flat = this.#tip.get(name);
    if (flat === undefined) throw new Error(`no store is called ${name}`);
    return flat;
  }

  /** Single keys come from the flat state, which is far quicker than a walk down the tree; order comes from the tree. */
  #tipReader(name: string): KVReader {
    this.#flat(name);
    const get = (key: ByteString) => {
      if (key.length > longestFlatKey) return this.#last.reader(name).get(key);
      const value = this.#flat(name).get(key);
      // LMDB's pages have no checksum: a flipped bit in one may hide a key, but not in the flat state and the tree at once.
      if (value === undefined && this.#disk !== undefined && this.#last.reader(name).has(key)) {
        throw new DamageError(`the flat state of ${name} lacks key ${Buffer.from(key, 'latin1').toString('hex')}`);
      }
      return value;
    };
    return {
      get,
      has: (key) => get(key) !== undefined,
      iterate: (range) => this.#last.reader(name).iterate(range),
    };
  }
}

function sortedNames(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareKeys);
}

/** Writes in order of their keys; the values as plain arrays, whole as the gas store hands them over. */
function sortedChanges(writes: ReadonlyMap<ByteString, Uint8Array | null>): StoreChanges {
  // JavaScript's own order of such strings is that of their bytes; a function that compares takes twice as long.
  return [...writes.keys()].sort().map((key) => {
    const value = writes.get(key) ?? null;
    return [key, value instanceof Buffer ? new Uint8Array(value) : value] as const;
  });
}
