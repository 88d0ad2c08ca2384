import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { BatchWriter } from './batch.ts';
import { ByteReader, FormatError } from './bytes.ts';
import { numberKey, StateDatabase, tables } from './database.ts';
import { databasePath } from './disk.ts';
import { writeFlat } from './flat.ts';
import { NodeHasher, noSource } from './iavl/node.ts';
import { nodeCount, TreeBuilder } from './iavl/nodeStream.ts';
import { Tree } from './iavl/tree.ts';
import type { StoreMeta } from './metadata.ts';
import { writeNodeRecord } from './nodeRecord.ts';
import { chunkHashes, readHead, sha256, snapshotFormat } from './snapshotFormat.ts';
import type { Snapshot } from './snapshots.ts';
import { CommittedVersion } from './version.ts';
import { writeVersionRecord } from './versionRecord.ts';

/** After so many nodes others get their turn: about 8 ms of CPU. */
const nodesPerSlice = 1000;
/** As many nodes go to the database in one transaction, each of which waits for the disk. */
const nodesPerWrite = 8000;

export interface RestoreOptions {
  /** The store's folder; the database is built in a folder in it that nothing else reads. */
  readonly folder: string;
  readonly meta: StoreMeta;
  /** Numbers of the stores by name, in order of the names. */
  readonly stores: ReadonlyMap<string, number>;
}

/** How an offer is taken, as ABCI says it. */
export type OfferOutcome = 'accept' | 'reject' | 'reject_format';

/** `wrong`: the chunk is not the one that the snapshot names, ask others. `reject`: the snapshot leads elsewhere. */
export type ChunkOutcome = 'more' | 'done' | 'wrong' | 'reject';

/** Whether a snapshot is one that this program can restore and that hangs together by itself. */
export function judgeOffer(snapshot: Snapshot): OfferOutcome {
  if (snapshot.format !== snapshotFormat) return 'reject_format';
  const { metadata, hash, chunks } = snapshot;
  const whole = chunks > 0 && metadata.length === chunks * 32 && sha256(metadata).equals(hash);
  return whole ? 'accept' : 'reject';
}

/** Builds a state database out of a snapshot's chunks, in a folder of its own, and checks it against the app hash. */
export class Restore {
  readonly snapshot: Snapshot;
  /** The finished database's folder. */
  readonly folder: string;
  readonly #options: RestoreOptions;
  readonly #appHash: Uint8Array;
  readonly #hashes: readonly Buffer[];
  readonly #database: StateDatabase;
  readonly #hasher = new NodeHasher();
  readonly #batch = new BatchWriter();
  readonly #trees = new Map<string, Tree>();
  readonly #nextIds = new Map<string, number>();
  #next = 0;
  /** Stores and numbers of nodes still to come, the first one being read. */
  #left: { readonly name: string; readonly builder: TreeBuilder; nodes: number }[] = [];

  /** `appHash` is the one that the light client trusts for the snapshot's height, 32 bytes. */
  constructor(options: RestoreOptions, snapshot: Snapshot, appHash: Uint8Array) {
    this.#options = options;
    this.snapshot = snapshot;
    this.#appHash = appHash;
    this.#hashes = chunkHashes(snapshot.metadata);
    this.folder = join(options.folder, 'restore.tmp');
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { mode: 0o700 });
    this.#database = new StateDatabase(databasePath(this.folder));
  }

  /** Index of the chunk that is needed next. */
  get next(): number {
    return this.#next;
  }

  /** Takes the next chunk. After `done` and `reject` there is nothing more to do here but to close. */
  add(chunk: Uint8Array): ChunkOutcome {
    const steps = this.#take(chunk);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** The same in slices of some milliseconds, for a node that has other things to answer. One chunk at a time. */
  async addInSlices(chunk: Uint8Array): Promise<ChunkOutcome> {
    const steps = this.#take(chunk);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await setImmediate();
    }
  }

  /** Closes the database; without `keep` it is deleted. */
  async close(keep: boolean): Promise<void> {
    await this.#database.close();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }

  *#take(chunk: Uint8Array): Generator<undefined, ChunkOutcome> {
    if (this.#hashes[this.#next]?.equals(sha256(chunk)) !== true) return 'wrong';
    try {
      yield* this.#read(new ByteReader(Buffer.from(chunk)), this.#next === 0);
      this.#next += 1;
      if (this.#next < this.#hashes.length) {
        this.#database.write([this.#batch.take()]);
        return 'more';
      }
      return this.#finish() ? 'done' : 'reject';
    } catch (error) {
      if (error instanceof FormatError) return 'reject';
      throw error;
    }
  }

  *#read(reader: ByteReader, first: boolean): Generator<undefined> {
    if (first) this.#begin(reader);
    for (let nodes = 1; !reader.atEnd; nodes++) {
      const current = this.#left.find((store) => store.nodes > 0);
      if (current === undefined) throw new FormatError('holds more nodes than it says');
      const node = current.builder.add(reader);
      const store = this.#options.stores.get(current.name) ?? 0;
      writeNodeRecord(this.#batch, store, node);
      if (node.kind === 'leaf') writeFlat(this.#batch, store, [[node.key, node.value]]);
      current.nodes -= 1;
      if (nodes % nodesPerWrite === 0) this.#database.write([this.#batch.take()]);
      if (nodes % nodesPerSlice === 0) yield;
    }
  }

  #begin(reader: ByteReader): void {
    const { meta, stores } = this.#options;
    const head = readHead(reader);
    const ours =
      head.height === this.snapshot.height &&
      head.meta.chainId === meta.chainId &&
      head.meta.bech32Prefix === meta.bech32Prefix &&
      head.stores.map(([name]) => name).join() === [...stores.keys()].join();
    if (!ours) throw new FormatError('is of another chain, height or set of stores');
    this.#left = head.stores.map(([name, entries]) => ({
      name,
      builder: new TreeBuilder(this.#hasher),
      nodes: nodeCount(entries),
    }));
  }

  #finish(): boolean {
    for (const { name, builder, nodes } of this.#left) {
      if (nodes > 0) throw new FormatError('ends early');
      this.#trees.set(name, new Tree(builder.finish(), noSource));
      this.#nextIds.set(name, builder.count + 1);
    }
    const { height } = this.snapshot;
    const version = new CommittedVersion(height, this.#trees, this.#nextIds);
    if (!Buffer.from(version.appHash).equals(this.#appHash)) return false;
    writeVersionRecord(this.#batch, version);
    for (const name of ['checkpoint', 'oldest']) {
      this.#batch.put(tables.info, Buffer.from(name), numberKey(Number(height)));
    }
    this.#database.write([this.#batch.take()]);
    return true;
  }
}
