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

/** A checkpoint is also due once so many nodes wait for one: they are in memory, and a restart makes them again. */
const nodesDue = 250_000;
/** So many are too much to hold: a commit waits for the checkpoint then. */
const nodesTooMany = 1_500_000;

interface Running {
  readonly versions: readonly PendingVersion[];
  readonly batches: Uint8Array[];
  sent: boolean;
}

/**
 * Writes committed versions to the state database behind the log: all of their nodes, the flat state and the height in
 * one transaction, on another thread. What is not written yet is lost by a crash and replayed from the log.
 */
export class Checkpointer {
  readonly #options: CheckpointOptions;
  readonly #writer: DatabaseWriter;
  readonly #batch = new BatchWriter();
  #pending: PendingVersion[] = [];
  #nodes = 0;
  #running: Running | undefined;
  /** Versions below this may go with the next checkpoint. */
  #oldest: bigint | undefined;
  /** After a failure: no attempt before this many versions are pending. */
  #patience = 0;

  constructor(options: CheckpointOptions) {
    this.#options = options;
    this.#writer = new DatabaseWriter(options.path);
  }

  /** Lets versions below this height go. They must not be asked for any more. */
  prune(oldest: bigint): void {
    this.#oldest = oldest;
  }

  /** Takes a committed version, and starts a checkpoint if one is due and none is being written. */
  add(version: PendingVersion): void {
    this.#pending.push(version);
    for (const { created } of version.edits.values()) this.#nodes += created.length;
    this.#settle(this.#running?.sent === true ? this.#writer.poll() : undefined);
    const due = this.#pending.length >= this.#options.every + this.#patience || this.#nodes >= nodesDue;
    if (this.#running === undefined && due) this.#begin();
    if (this.#nodes >= nodesTooMany) this.flush();
  }

  /** Writes everything pending and returns when it is on disk. Throws if it cannot be written. */
  flush(): void {
    while (this.#pending.length > 0) {
      this.#running ??= { versions: this.#pending, batches: [], sent: false };
      while (!this.#running.sent) this.#step(this.#running);
      const { failure } = this.#settle(this.#writer.wait()) ?? {};
      if (failure !== undefined) throw new Error(`the state database cannot be written: ${failure}`);
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

  /** Nodes are put into bytes a version at a time between other work. */
  #begin(): void {
    const running: Running = { versions: [...this.#pending], batches: [], sent: false };
    this.#running = running;
    const next = () => {
      if (this.#running !== running || running.sent) return;
      this.#step(running);
      setImmediate(next);
    };
    setImmediate(next);
  }

  #step(running: Running): void {
    const version = running.versions[running.batches.length];
    if (version !== undefined) {
      running.batches.push(this.#encode(version, running.batches.length === running.versions.length - 1));
      return;
    }
    running.sent = true;
    const oldest = this.#oldest;
    const gone = oldest === undefined ? [] : this.#options.sets().gone(oldest);
    this.#writer.send({ batches: running.batches, oldest, gone });
  }

  #encode({ version, set, edits }: PendingVersion, last: boolean): Uint8Array {
    const sets = this.#options.sets();
    const numbered = [...edits].map(([name, edit]) => [sets.number(name, version.height), edit] as const);
    for (const [store, edit] of numbered) for (const node of edit.created) writeNodeRecord(this.#batch, store, node);
    for (const [name, changes] of set.stores) writeFlat(this.#batch, sets.number(name, version.height), changes);
    writeOrphans(this.#batch, version.height, numbered);
    writeVersionRecord(this.#batch, version);
    if (last) this.#batch.put(tables.info, Buffer.from('checkpoint'), numberKey(Number(version.height)));
    // Memory of its own, since it is handed over.
    return new Uint8Array(this.#batch.take());
  }

  #settle<T extends { readonly failure: string | undefined } | undefined>(answer: T): T {
    const running = this.#running;
    if (answer === undefined || running === undefined) return answer;
    this.#running = undefined;
    const last = running.versions.at(-1)?.version.height ?? 0n;
    if (answer.failure !== undefined) {
      this.#patience = this.#pending.length;
      this.#options.warn(`checkpoint of height ${last} failed, the log is kept: ${answer.failure}`);
      return answer;
    }
    this.#patience = 0;
    this.#pending = this.#pending.filter(({ version }) => version.height > last);
    this.#nodes = 0;
    for (const { edits } of this.#pending) for (const { created } of edits.values()) this.#nodes += created.length;
    this.#options.settled(running.versions);
    return answer;
  }
}
