import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { replaceFile, syncFolder } from './files.ts';
import type { StoreMeta } from './metadata.ts';
import { deleteSnapshot, readChunk, readSnapshot, snapshotHeights, snapshotPath } from './snapshotFolder.ts';
import { chunkTarget, sha256, snapshotChunks, snapshotFormat } from './snapshotFormat.ts';
import type { CommittedVersion } from './version.ts';

/** A snapshot as ABCI's `Snapshot` has it. */
export interface Snapshot {
  readonly height: bigint;
  readonly format: number;
  readonly chunks: number;
  /** SHA-256 of the metadata. */
  readonly hash: Uint8Array;
  /** SHA-256 of each chunk, one after another. */
  readonly metadata: Uint8Array;
}

export interface SnapshotOptions {
  /** Snapshots lie in folders of it, one a height. */
  readonly folder: string;
  readonly meta: StoreMeta;
  /** A snapshot is taken at the heights that this divides; 0 takes none. */
  readonly interval: number;
  /** How many of the newest stay. */
  readonly keepRecent: number;
  /** Bytes after which a chunk ends; the same on all nodes of a chain. */
  readonly chunkBytes?: number;
  /** Hears of a snapshot that failed; blocks go on. */
  readonly warn: (text: string) => void;
}

/** Where versions come from: `CommitMultiStore`. */
export interface SnapshotSource {
  at(height: bigint): CommittedVersion;
  /** Keeps a version from being pruned until the returned function is called. */
  pin(height: bigint): () => void;
}

/** Takes snapshots between other work, one at a time, and hands out their chunks. */
export class Snapshots {
  readonly #options: SnapshotOptions;
  readonly #source: SnapshotSource;
  #taking: Promise<void> | undefined;
  #closed = false;

  constructor(options: SnapshotOptions, source: SnapshotSource) {
    this.#options = options;
    this.#source = source;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    // What an interrupted writer left.
    for (const name of readdirSync(options.folder)) {
      if (name.endsWith('.tmp')) rmSync(join(options.folder, name), { recursive: true });
    }
  }

  /** Newest first. */
  list(): Snapshot[] {
    const { folder } = this.#options;
    return snapshotHeights(folder).flatMap((height) => readSnapshot(folder, height) ?? []);
  }

  /** A chunk, undefined if there is none. A snapshot with a chunk that is not what was written is deleted: nobody could use it. */
  chunk(height: bigint, format: number, index: number): Uint8Array | undefined {
    const { folder, warn } = this.#options;
    const snapshot = format === snapshotFormat ? readSnapshot(folder, height) : undefined;
    if (snapshot === undefined || index >= snapshot.chunks) return undefined;
    const chunk = readChunk(folder, height, index);
    const named = snapshot.metadata.subarray(index * 32, index * 32 + 32);
    if (chunk !== undefined && sha256(chunk).equals(named)) return chunk;
    const found = chunk === undefined ? 'is missing' : 'is not the one that its metadata name';
    warn(`chunk ${index} of the snapshot of height ${height} ${found}: the snapshot is deleted`);
    deleteSnapshot(folder, height);
    return undefined;
  }

  /** Told of each committed height; begins a snapshot where one is due and none is being taken. */
  committed(height: bigint): void {
    const { interval, warn } = this.#options;
    if (interval === 0 || height % BigInt(interval) !== 0n || this.#taking !== undefined) return;
    this.#taking = this.take(height)
      .catch((error: unknown) => warn(`the snapshot of height ${height} failed: ${error}`))
      .finally(() => {
        this.#taking = undefined;
      });
  }

  /** Takes a snapshot of a kept version. Throws `UnknownVersionError`. */
  async take(height: bigint): Promise<void> {
    const final = this.#path(height);
    if (existsSync(final)) return;
    const temporary = `${final}.tmp`;
    const release = this.#source.pin(height);
    try {
      mkdirSync(temporary, { mode: 0o700 });
      const hashes = await this.#writeChunks(temporary, this.#source.at(height));
      if (hashes === undefined) return;
      replaceFile(join(temporary, 'metadata'), Buffer.concat(hashes));
      renameSync(temporary, final);
      syncFolder(this.#options.folder);
      const { folder, keepRecent } = this.#options;
      for (const old of snapshotHeights(folder).slice(keepRecent)) deleteSnapshot(folder, old);
    } finally {
      release();
      rmSync(temporary, { recursive: true, force: true });
    }
  }

  /** Gives up a snapshot being taken. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#taking;
  }

  /** Undefined if closed meanwhile. */
  async #writeChunks(folder: string, version: CommittedVersion): Promise<Buffer[] | undefined> {
    const hashes: Buffer[] = [];
    for (const chunk of snapshotChunks(version, this.#options.meta, this.#options.chunkBytes ?? chunkTarget)) {
      if (this.#closed) return undefined;
      if (chunk === undefined) {
        await setImmediate();
        continue;
      }
      const file = await open(join(folder, `chunk-${hashes.length}`), 'w', 0o600);
      try {
        await file.writeFile(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      hashes.push(sha256(chunk));
      await setImmediate();
    }
    return hashes;
  }

  #path(height: bigint): string {
    return snapshotPath(this.#options.folder, height);
  }
}
