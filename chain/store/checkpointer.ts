import { BatchWriter } from './batch.ts';
import { numberKey, tables } from './database.ts';
import { DatabaseWriter } from './databaseWriter.ts';
import { writeFlat } from './flat.ts';
import { writeNodeRecord } from './nodeRecord.ts';
import type { ChangeSet } from './record.ts';
import type { StoreSets } from './storeSets.ts';
import type { NextVersion } from './version.ts';
import { writeOrphans, writeVersionRecord } from './versionRecord.ts';

/** A committed version that the database does not have yet. */
export interface PendingVersion extends NextVersion {
  readonly set: ChangeSet;
}

export interface CheckpointOptions {
  /** The state database's file. */
  readonly path: string;
  /** Which stores there are, and their numbers in the database's keys. */
  readonly sets: () => StoreSets;
  /** Blocks between two checkpoints. */
  readonly every: number;
  /** Called once the versions are on disk, oldest first. */
  readonly settled: (versions: readonly PendingVersion[]) => void;
  /** Hears of a checkpoint that failed; it is tried again later. */
  readonly warn: (text: string) => void;
}

/** Bounds of what waits for checkpoints, in nodes: they are in memory, and a restart makes them again. */
export interface CheckpointBounds {
  /** A checkpoint is due once so many wait, whatever their number of blocks. */
  readonly due: number;
  /** A checkpoint ends with the version that reaches so many: its length bounds how long anybody can wait for one. */
  readonly most: number;
  /** Above this each commit gives the writer a moment, longer and longer up to `longestPauseMs` at `full`. */
  readonly busy: number;
  /** So many are too much to hold: a commit waits until the checkpoint being written is done. */
  readonly full: number;
  readonly longestPauseMs: number;
}

export const checkpointBounds: CheckpointBounds = {
  due: 100_000,
  most: 150_000,
  busy: 300_000,
  full: 600_000,
  longestPauseMs: 1000,
};

/** So many bytes are made at a time between other work, a few milliseconds. */
const portionBytes = 512 * 1024;

interface Running {
  readonly versions: readonly PendingVersion[];
  readonly portions: Iterator<Uint8Array>;
  readonly batches: Uint8Array[];
  sent: boolean;
}

/**
 * Writes committed versions to the state database behind the log: all of their nodes, the flat state and the height in
 * one transaction, on another thread. What is not written yet is lost by a crash and replayed from the log.
 *
 * Blocks that come faster than they can be written are held up a little each, and not all at once when memory is full.
 */
export class Checkpointer {
  readonly #options: CheckpointOptions;
  readonly #bounds: CheckpointBounds;
  readonly #writer: DatabaseWriter;
  readonly #batch = new BatchWriter();
  /** Oldest first; the running checkpoint's versions are the first of them. */
  #pending: PendingVersion[] = [];
  #nodes = 0;
  #running: Running | undefined;
  /** Versions below this may go with the next checkpoint. */
  #oldest: bigint | undefined;
  /** After a failure: no attempt before this many versions are pending. */
  #patience = 0;

  constructor(options: CheckpointOptions, bounds = checkpointBounds) {
    this.#options = options;
    this.#bounds = bounds;
    this.#writer = new DatabaseWriter(options.path);
  }

  /** Lets versions below this height go. They must not be asked for any more. */
  prune(oldest: bigint): void {
    this.#oldest = oldest;
  }

  /**
   * Takes a committed version, and starts a checkpoint if one is due and none is being written. Waits where too much is
   * pending already; throws if that cannot be written.
   */
  add(version: PendingVersion): void {
    this.#settle(this.#running?.sent === true ? this.#writer.poll() : undefined);
    this.#holdUp();
    this.#pending.push(version);
    this.#nodes += nodesOf(version);
    const isDue = this.#pending.length >= this.#options.every || this.#nodes >= this.#bounds.due;
    if (this.#running === undefined && isDue && this.#pending.length >= this.#patience) this.#start();
  }

  /** Waits as long as what is pending demands. */
  #holdUp(): void {
    const { busy, full, longestPauseMs } = this.#bounds;
    if (this.#nodes < busy) return;
    const end = performance.now() + (longestPauseMs * (this.#nodes - busy)) / (full - busy);
    while (this.#nodes >= full || performance.now() < end) {
      // A failed checkpoint is tried again here only when there is no room left.
      if (this.#running === undefined && this.#nodes < full && this.#patience > 0) return;
      const running = this.#running ?? this.#begin();
      if (!running.sent) {
        this.#step(running);
        continue;
      }
      const isFull = this.#nodes >= full;
      const { failure } = this.#settle(this.#writer.wait(isFull ? undefined : end - performance.now())) ?? {};
      if (failure !== undefined && isFull) throw new Error(`the state database cannot be written: ${failure}`);
      if (this.#nodes < busy) return;
    }
  }

  /** Waits for a checkpoint being written. */
  async close(): Promise<void> {
    if (this.#running !== undefined) {
      while (!this.#running.sent) this.#step(this.#running);
      this.#settle(await this.#writer.answer());
    }
    await this.#writer.close();
  }

  #begin(): Running {
    const versions: PendingVersion[] = [];
    let nodes = 0;
    for (const version of this.#pending) {
      versions.push(version);
      nodes += nodesOf(version);
      if (nodes >= this.#bounds.most) break;
    }
    this.#running = { versions, portions: this.#encode(versions), batches: [], sent: false };
    return this.#running;
  }

  /** Nodes are put into bytes a portion at a time between other work. */
  #start(): void {
    const running = this.#begin();
    const next = () => {
      if (this.#running !== running || running.sent) return;
      this.#step(running);
      setImmediate(next);
    };
    setImmediate(next);
  }

  #step(running: Running): void {
    const { done, value } = running.portions.next();
    if (done !== true) {
      running.batches.push(value);
      return;
    }
    running.sent = true;
    const oldest = this.#oldest;
    const gone = oldest === undefined ? [] : this.#options.sets().gone(oldest);
    this.#writer.send({ batches: running.batches, oldest, gone });
  }

  *#encode(versions: readonly PendingVersion[]): Generator<Uint8Array, undefined> {
    const batch = this.#batch;
    // What a checkpoint that was given up left there.
    batch.take();
    for (const { version, set, edits } of versions) {
      const sets = this.#options.sets();
      const numbered = [...edits].map(([name, edit]) => [sets.number(name, version.height), edit] as const);
      for (const [store, edit] of numbered) {
        for (const node of edit.created) {
          writeNodeRecord(batch, store, node);
          if (batch.length >= portionBytes) yield batch.takeOwn();
        }
      }
      for (const [name, changes] of set.stores) {
        for (const change of changes) {
          writeFlat(batch, sets.number(name, version.height), [change]);
          if (batch.length >= portionBytes) yield batch.takeOwn();
        }
      }
      writeOrphans(batch, version.height, numbered);
      writeVersionRecord(batch, version);
    }
    const last = versions.at(-1)?.version.height ?? 0n;
    batch.put(tables.info, Buffer.from('checkpoint'), numberKey(Number(last)));
    yield batch.takeOwn();
  }

  #settle<T extends { readonly failure: string | undefined } | undefined>(answer: T): T {
    const running = this.#running;
    if (answer === undefined || running === undefined) return answer;
    this.#running = undefined;
    const last = running.versions.at(-1)?.version.height ?? 0n;
    if (answer.failure !== undefined) {
      this.#patience = this.#pending.length + this.#options.every;
      this.#options.warn(`checkpoint of height ${last} failed, the log is kept: ${answer.failure}`);
      return answer;
    }
    this.#patience = 0;
    this.#pending = this.#pending.filter(({ version }) => version.height > last);
    this.#nodes = 0;
    for (const version of this.#pending) this.#nodes += nodesOf(version);
    this.#options.settled(running.versions);
    return answer;
  }
}

function nodesOf({ edits }: PendingVersion): number {
  let nodes = 0;
  for (const { created } of edits.values()) nodes += created.length;
  return nodes;
}
