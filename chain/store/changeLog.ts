import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DamageError } from './damage.ts';
import { syncFolder, writeFully } from './files.ts';
import { type ChangeSet, encodeRecord, findRecord, readRecord } from './record.ts';

interface Segment {
  readonly path: string;
  /** Height of its first record. */
  readonly first: bigint;
}

/**
 * The log of change sets: `log-<first height>` segments of records, each on disk before its block counts as committed.
 *
 * Only the last record of the last segment can be torn by a crash, since every record is synced before the next begins.
 */
export class ChangeLog {
  readonly #folder: string;
  readonly #secret: Uint8Array;
  readonly #segments: Segment[];
  #fd: number | undefined;
  #bytes = 0;
  #startNew = false;
  #failed = false;

  private constructor(folder: string, secret: Uint8Array, segments: Segment[]) {
    this.#folder = folder;
    this.#secret = secret;
    this.#segments = segments;
  }

  /** `secret` goes into the records' digests. */
  static open(folder: string, secret: Uint8Array): ChangeLog {
    const segments = readdirSync(folder)
      .map((name) => /^log-(\d{20})$/.exec(name))
      .filter((match) => match !== null)
      .map((match) => ({ path: join(folder, match[0]), first: BigInt(match[1] ?? 0) }))
      .sort((a, b) => (a.first < b.first ? -1 : 1));
    return new ChangeLog(folder, secret, segments);
  }

  /** Bytes in the segment that is written to. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Height of the first record in the segment that is written to, 0 if there is none. */
  get newest(): bigint {
    return this.#segments.at(-1)?.first ?? 0n;
  }

  /**
   * Hands every record above `version` to `apply`, in order. A torn tail is cut off the file, which `note` is told. The last
   * record is on disk for certain afterwards.
   * Throws `DamageError` with file and offset for damage that whole records follow.
   */
  replay(version: bigint, apply: (set: ChangeSet, where: string) => void, note: (text: string) => void): void {
    for (const [index, segment] of this.#segments.entries()) {
      const following = this.#segments[index + 1];
      if (following !== undefined && following.first <= version + 1n) continue;
      const file = readFileSync(segment.path);
      let at = 0;
      let newest = 0;
      while (at < file.length) {
        const record = readRecord(file, at, this.#secret);
        const where = `${segment.path} at byte ${at}`;
        if ('wrong' in record) {
          const next = findRecord(file, at + 1, this.#secret);
          if (next !== undefined || following !== undefined) {
            const behind = next === undefined ? `${following?.path} follows` : `whole records follow from byte ${next}`;
            throw new DamageError(`${where} is damaged: ${record.wrong}, yet ${behind}`);
          }
          note(`cut ${file.length - at} bytes off ${where}: ${record.wrong}; CometBFT replays the block`);
          cut(segment.path, at);
          break;
        }
        if (record.set.height > version) apply(record.set, where);
        newest = at;
        at = record.end;
      }
      this.#bytes = at;
      if (following === undefined) rewrite(segment.path, newest, file.subarray(newest, at));
    }
  }

  /** Returns once the record is on disk. After a failure nothing more is written: only a restart knows what got there. */
  append(set: ChangeSet): void {
    if (this.#failed) throw new Error(`an earlier write to the log in ${this.#folder} failed: restart the node`);
    this.#failed = true;
    const fd = this.#fd ?? this.#openLast(set.height);
    const record = encodeRecord(set, this.#secret);
    writeFully(fd, record);
    fdatasyncSync(fd);
    this.#bytes += record.length;
    this.#failed = false;
  }

  /** The next record begins a new segment. */
  rotate(): void {
    this.close();
    this.#bytes = 0;
    this.#startNew = true;
  }

  #openLast(height: bigint): number {
    let last = this.#segments.at(-1);
    if (last === undefined || this.#startNew) {
      last = { path: join(this.#folder, `log-${height.toString().padStart(20, '0')}`), first: height };
      this.#segments.push(last);
      this.#startNew = false;
    }
    this.#fd = openSync(last.path, 'a', 0o600);
    syncFolder(this.#folder);
    return this.#fd;
  }

  /** Deletes the segments whose records all lie at or below `version`, but never the last one. */
  forget(version: bigint): void {
    for (let next = this.#segments[1]; next !== undefined && next.first <= version + 1n; next = this.#segments[1]) {
      const oldest = this.#segments.shift();
      if (oldest !== undefined) unlinkSync(oldest.path);
    }
  }

  /** Removes all records above `height`, the newest first. */
  cutAbove(height: bigint): void {
    this.close();
    for (let last = this.#segments.at(-1); last !== undefined && last.first > height; last = this.#segments.at(-1)) {
      unlinkSync(last.path);
      this.#segments.pop();
    }
    syncFolder(this.#folder);
    const last = this.#segments.at(-1);
    if (last === undefined) return;
    const file = readFileSync(last.path);
    for (let at = 0; at < file.length; ) {
      const record = readRecord(file, at, this.#secret);
      if ('wrong' in record) throw new DamageError(`${last.path} at byte ${at} is damaged: ${record.wrong}`);
      if (record.set.height > height) {
        cut(last.path, at);
        return;
      }
      at = record.end;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/**
 * Writes the same bytes once more. After a sync that failed the system may show what is not on disk and take it for written, so
 * that another sync alone would do nothing; only the last record can be one of those.
 */
function rewrite(path: string, offset: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const fd = openSync(path, 'r+');
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function cut(path: string, length: number): void {
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, length);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
