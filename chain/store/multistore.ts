import { DamageError } from './damage.ts';
import { Disk } from './disk.ts';
import { NodeHasher } from './iavl/node.ts';
import type { ByteString, KVReader, StateBranch } from './kv.ts';
import { openMetadata, type StoreMeta } from './metadata.ts';
import { compareKeys, OverlayBranch } from './overlay.ts';
import type { ChangeSet, StoreChanges } from './record.ts';
import { CommittedVersion, ReadOnlyState, UnknownVersionError } from './version.ts';

export interface StoreOptions {
  readonly meta: StoreMeta;
  /** Names of the committed stores, in any order. */
  readonly stores: readonly string[];
  /** How many of the newest versions stay readable by `at`; 100 if not given. */
  readonly keepVersions?: number;
  /** Blocks between two checkpoints; 1000 if not given. */
  readonly checkpointEvery?: number;
  /** Hears what an operator should read: a torn record cut on opening, a checkpoint that failed or was damaged. */
  readonly warn?: (text: string) => void;
}

interface Staged {
  readonly set: ChangeSet;
  readonly version: CommittedVersion;
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
  readonly #working = new OverlayBranch(this.committed);
  readonly #disk: Disk | undefined;
  readonly #keepVersions: number;
  readonly #hasher = new NodeHasher();
  readonly #kept: CommittedVersion[] = [];
  readonly #tip = new Map<string, Map<ByteString, Uint8Array>>();
  #last: CommittedVersion;
  #staged: Staged | undefined;

  private constructor(folder: string | undefined, options: StoreOptions) {
    const stores = [...new Set(options.stores)].sort(compareKeys);
    this.#keepVersions = Math.max(1, options.keepVersions ?? 100);
    this.#last = CommittedVersion.empty(stores);
    for (const name of stores) this.#tip.set(name, new Map());
    const notes: string[] = [];
    if (folder !== undefined) {
      const warn = (text: string) => {
        notes.push(text);
        options.warn?.(text);
      };
      const secret = openMetadata(folder, options.meta, stores);
      this.#disk = new Disk(folder, secret, options.checkpointEvery ?? 1000, warn);
      this.#restore(this.#disk);
    }
    this.notes = [...notes];
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

  /** Applies `working` to the trees as version `height` and returns the app hash; may be called again before `commit`. */
  stage(height: bigint): Uint8Array {
    this.#expectNext(height);
    const stores = [...this.#working.changes()]
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([name, writes]) => [name, sortedChanges(writes)] as const);
    const version = this.#last.next(height, stores, this.#hasher);
    this.#staged = { set: { height, before: this.appHash, after: version.appHash, stores }, version };
    return version.appHash;
  }

  /** Makes the staged version the committed one and returns after its log record is on disk. */
  commit(): void {
    const staged = this.#staged;
    if (staged === undefined) throw new Error('nothing is staged to commit');
    this.#disk?.append(staged.set);
    this.discard();
    this.#advance(staged);
    this.#disk?.behind(staged.version);
  }

  /** A kept version, the last one if no height is given; throws `UnknownVersionError`. */
  at(height: bigint = this.version): CommittedVersion {
    const oldest = this.#kept[0] ?? this.#last;
    const found = height === this.version ? this.#last : this.#kept[Number(height - oldest.height)];
    if (found === undefined) throw new UnknownVersionError(height, oldest.height, this.version);
    return found;
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
    const checkpoint = disk.lastCheckpoint(this.#hasher);
    if (checkpoint !== undefined) {
      this.#last = checkpoint;
      this.#kept.push(checkpoint);
      for (const [name, tree] of checkpoint.trees) {
        const flat = this.#flat(name);
        for (const [key, value] of tree.iterate({})) flat.set(key, value);
      }
    }
    disk.replay(this.version, (set, where) => this.#replay(set, where));
  }

  #replay(set: ChangeSet, where: string): void {
    if (!Buffer.from(this.appHash).equals(set.before) || (this.version !== 0n && set.height !== this.version + 1n)) {
      throw new DamageError(`${where}: the record of height ${set.height} does not follow height ${this.version}`);
    }
    const version = this.#last.next(set.height, set.stores, this.#hasher);
    if (!Buffer.from(version.appHash).equals(set.after)) {
      throw new DamageError(`${where}: replaying height ${set.height} gives another app hash than was committed`);
    }
    this.#advance({ set, version });
  }

  #advance({ set, version }: Staged): void {
    for (const [name, changes] of set.stores) {
      const flat = this.#flat(name);
      for (const [key, value] of changes) {
        if (value === null) flat.delete(key);
        else flat.set(key, value);
      }
    }
    this.#last = version;
    this.#kept.push(version);
    if (this.#kept.length > this.#keepVersions) this.#kept.shift();
  }

  #flat(name: string): Map<ByteString, Uint8Array> {
    const flat = this.#tip.get(name);
    if (flat === undefined) throw new Error(`no store is called ${name}`);
    return flat;
  }

  /** Single keys come from a flat map, which is far quicker than a walk down the tree; order comes from the tree. */
  #tipReader(name: string): KVReader {
    const flat = this.#flat(name);
    return {
      get: (key) => flat.get(key),
      has: (key) => flat.has(key),
      iterate: (range) => this.#last.tree(name).iterate(range),
    };
  }
}

/** Writes in order of their keys; the values as plain arrays of their own, since most are views of something larger. */
function sortedChanges(writes: ReadonlyMap<ByteString, Uint8Array | null>): StoreChanges {
  return [...writes]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([key, value]) => [key, value === null ? null : new Uint8Array(value)] as const);
}
