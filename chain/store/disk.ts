import { join } from 'node:path';
import { ChangeLog } from './changeLog.ts';
import { Checkpointer, type PendingVersion } from './checkpointer.ts';
import { readHeight, StateDatabase } from './database.ts';
import { syncFolder } from './files.ts';
import type { FlatSource } from './flat.ts';
import { DiskNodes } from './nodeRecord.ts';
import type { ChangeSet } from './record.ts';
import type { StoreSets } from './storeSets.ts';
import type { CommittedVersion } from './version.ts';
import { readVersion } from './versionRecord.ts';

export interface DiskOptions {
  readonly folder: string;
  /** Of the log. */
  readonly secret: Uint8Array;
  /** Which stores there are, and their numbers. */
  readonly sets: () => StoreSets;
  readonly checkpointEvery: number;
  /** After a checkpoint the log begins a new file if one is longer than this, bytes. */
  readonly logSegmentBytes: number;
  /** Bound of the values kept in memory, bytes over all stores. */
  readonly valueCacheBytes: number;
  /** Bound of the nodes kept in memory after they were read, over all stores. */
  readonly readNodes: number;
  readonly settled: (versions: readonly PendingVersion[]) => void;
  readonly warn: (text: string) => void;
}

/** The store's folder: the log of change sets, and the state database written behind it. */
export class Disk {
  readonly #options: DiskOptions;
  readonly #log: ChangeLog;
  readonly #database: StateDatabase;
  readonly #checkpointer: Checkpointer;
  /** By number of the store. */
  readonly #nodes = new Map<number, DiskNodes>();
  readonly #pins = new Map<object, bigint>();
  #checkpoint: bigint;
  #oldest: bigint;

  constructor(options: DiskOptions) {
    const { folder, sets, secret } = options;
    const path = databasePath(folder);
    this.#options = options;
    this.#log = ChangeLog.open(folder, secret);
    this.#database = new StateDatabase(path);
    syncFolder(folder);
    this.#checkpoint = readHeight(this.#database, 'checkpoint') ?? 0n;
    this.#oldest = readHeight(this.#database, 'oldest') ?? 0n;
    this.#checkpointer = new Checkpointer({
      path,
      sets,
      every: options.checkpointEvery,
      settled: (versions) => this.#settled(versions),
      warn: options.warn,
    });
  }

  /** Height of the last checkpoint, 0 if there is none. */
  get checkpoint(): bigint {
    return this.#checkpoint;
  }

  /** The oldest height that `version` knows. */
  get oldest(): bigint {
    return this.#oldest;
  }

  /** Of the store with this number. */
  nodes(store: number): DiskNodes {
    let nodes = this.#nodes.get(store);
    if (nodes === undefined) {
      nodes = new DiskNodes(this.#database, store, Math.ceil(this.#options.readNodes / this.#options.sets().count));
      this.#nodes.set(store, nodes);
    }
    return nodes;
  }

  /** Of the store with this number. */
  flat(store: number): FlatSource {
    const cacheBytes = Math.ceil(this.#options.valueCacheBytes / this.#options.sets().count);
    return { database: this.#database, store, cacheBytes };
  }

  /** A version that is in the database and was not pruned. Throws `DamageError`. */
  version(height: bigint): CommittedVersion | undefined {
    if (height < this.#oldest || height > this.#checkpoint) return undefined;
    const sets = this.#options.sets();
    const isStore = (name: string) => this.#options.sets().latest.has(name);
    return readVersion(this.#database, height, (store) => this.nodes(sets.number(store, height)), isStore);
  }

  /** Hands the records above the last checkpoint to `apply`. */
  replay(apply: (set: ChangeSet, where: string) => void): void {
    this.#log.replay(this.#checkpoint, apply, this.#options.warn);
  }

  /** Returns once the record is on disk. */
  append(set: ChangeSet): void {
    this.#log.append(set);
  }

  /** Takes a version whose record is on disk, to be written to the database behind. */
  behind(version: PendingVersion): void {
    this.#checkpointer.add(version);
  }

  /** Gives up versions below this height; they are removed with the next checkpoints. */
  prune(oldest: bigint): void {
    // A restart needs the checkpoint.
    const limits = [oldest, this.#checkpoint, ...this.#pins.values()];
    const target = limits.reduce((least, height) => (height < least ? height : least));
    if (target <= this.#oldest) return;
    this.#oldest = target;
    this.#checkpointer.prune(target);
  }

  /** Keeps a version from being pruned until the returned function is called. */
  pin(height: bigint): () => void {
    const pin = {};
    this.#pins.set(pin, height);
    return () => void this.#pins.delete(pin);
  }

  /** Waits for a checkpoint being written and closes the files. */
  async close(): Promise<void> {
    await this.#checkpointer.close();
    this.#log.close();
    await this.#database.close();
  }

  #settled(versions: readonly PendingVersion[]): void {
    this.#checkpoint = versions.at(-1)?.version.height ?? this.#checkpoint;
    this.#database.refresh();
    this.#options.settled(versions);
    if (this.#log.bytes > this.#options.logSegmentBytes) this.#log.rotate();
    this.#log.forget(this.#checkpoint);
  }
}

export function databasePath(folder: string): string {
  return join(folder, 'state.mdb');
}
