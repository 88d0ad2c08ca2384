import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByteReader, FormatError } from './bytes.ts';
import { syncFolder } from './files.ts';
import type { StoreMeta } from './metadata.ts';
import { readHead, sha256, snapshotFormat } from './snapshotFormat.ts';
import type { Snapshot } from './snapshots.ts';

/** Where the snapshot of a height lies in the folder of all. */
export function snapshotPath(folder: string, height: bigint): string {
  return join(folder, height.toString().padStart(20, '0'));
}

/** Heights of the snapshots in a folder, newest first. */
export function snapshotHeights(folder: string): bigint[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d{20}$/.test(name))
    .map(BigInt)
    .sort((a, b) => (a > b ? -1 : 1));
}

/** The snapshot of a height, undefined if there is none. */
export function readSnapshot(folder: string, height: bigint): Snapshot | undefined {
  const path = join(snapshotPath(folder, height), 'metadata');
  if (!existsSync(path)) return undefined;
  const metadata = new Uint8Array(readFileSync(path));
  return { height, format: snapshotFormat, chunks: metadata.length / 32, hash: sha256(metadata), metadata };
}

/** A chunk, undefined if there is none. */
export function readChunk(folder: string, height: bigint, index: number): Uint8Array | undefined {
  const path = join(snapshotPath(folder, height), `chunk-${index}`);
  return existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;
}

/** Bytes of all chunks. */
export function snapshotBytes(folder: string, snapshot: Snapshot): number {
  const path = snapshotPath(folder, snapshot.height);
  return Array.from({ length: snapshot.chunks }, (_, index) => statSync(join(path, `chunk-${index}`)).size).reduce(
    (sum, size) => sum + size,
    0,
  );
}

/** Under a name that the next start clears away first: killed in the middle, this leaves no snapshot without some of its chunks. */
export function deleteSnapshot(folder: string, height: bigint): void {
  const leaving = `${snapshotPath(folder, height)}.old.tmp`;
  renameSync(snapshotPath(folder, height), leaving);
  rmSync(leaving, { recursive: true });
}

/** Takes a snapshot from elsewhere into the folder, whole or not at all. */
export class SnapshotLoader {
  readonly #folder: string;
  readonly #meta: StoreMeta;
  readonly #metadata: Uint8Array;
  #next = 0;
  #height = 0n;

  /** @param metadata hashes of the chunks, 32 bytes each */
  constructor(folder: string, meta: StoreMeta, metadata: Uint8Array) {
    if (metadata.length === 0 || metadata.length % 32 !== 0) throw new FormatError('has metadata that are no hashes');
    this.#folder = folder;
    this.#meta = meta;
    this.#metadata = metadata;
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary, { recursive: true, mode: 0o700 });
  }

  get chunks(): number {
    return this.#metadata.length / 32;
  }

  /** Takes the next chunk. Throws `FormatError` for one that the metadata do not name, or of another chain. */
  add(chunk: Uint8Array): void {
    const index = this.#next++;
    if (!sha256(chunk).equals(this.#metadata.subarray(index * 32, index * 32 + 32))) {
      throw new FormatError(`has a chunk ${index} that is not the one that its metadata name`);
    }
    if (index === 0) {
      const { height, meta } = readHead(new ByteReader(Buffer.from(chunk)));
      if (meta.chainId !== this.#meta.chainId || meta.bech32Prefix !== this.#meta.bech32Prefix) {
        throw new FormatError(`is of chain "${meta.chainId}", this home is of "${this.#meta.chainId}"`);
      }
      if (existsSync(snapshotPath(this.#folder, height))) {
        throw new FormatError(`is of height ${height}, of which there is one already`);
      }
      this.#height = height;
    }
    writeFileSync(join(this.#temporary, `chunk-${index}`), chunk, { mode: 0o600, flush: true });
  }

  /** Puts it into place and returns its height. Throws `FormatError` unless all chunks came. */
  finish(): bigint {
    if (this.#next !== this.chunks) throw new FormatError(`has ${this.#next} of ${this.chunks} chunks`);
    writeFileSync(join(this.#temporary, 'metadata'), this.#metadata, { mode: 0o600, flush: true });
    syncFolder(this.#temporary);
    renameSync(this.#temporary, snapshotPath(this.#folder, this.#height));
    syncFolder(this.#folder);
    return this.#height;
  }

  /** Leaves nothing behind. Does nothing after `finish`. */
  abandon(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }

  get #temporary(): string {
    return join(this.#folder, 'load.tmp');
  }
}
