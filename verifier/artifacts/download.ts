import { createReadStream, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fromHttp } from './http.ts';
import { fromS3 } from './s3.ts';
import { Collector, TooLarge, type Transfer } from './transfer.ts';

/** The bytes cannot be had from any of their mirrors now; later they may. */
export class ArtifactUnavailable extends Error {
  override readonly name = 'ArtifactUnavailable';
}

/** A mirror served bytes that are not what was committed to. Asking again does not help. */
export class ArtifactMismatch extends Error {
  override readonly name = 'ArtifactMismatch';
}

export interface DownloadOptions {
  /** More bytes than this are refused as soon as they arrive. */
  readonly maxBytes: number;
  /** Milliseconds without a single byte after which a mirror counts as stalled. */
  readonly stallMs?: number;
  /** Milliseconds that a mirror has for everything, however it drips; by default half a minute and 1 s a MiB expected. */
  readonly deadlineMs?: number;
  /** Tries a mirror, with growing pauses, before the next mirror. */
  readonly attempts?: number;
  /** Whether these are the bytes that were asked for. Others are asked for again, then of the next mirror. */
  readonly isRight?: (bytes: Uint8Array) => boolean;
}

/** Larger artifacts are not taken: they are held in memory, and their size and mirrors are a stranger's to choose. */
export const largestDownload = 2 ** 30;

/**
 * Bytes from the first mirror that serves the right ones. A broken HTTP or S3 transfer goes on where it stopped.
 * Throws `ArtifactMismatch` when every mirror served other bytes, for then they are not to be had anywhere, and
 * `ArtifactUnavailable` otherwise: a mirror that could not be reached may have had them. Both name each mirror's failure.
 */
export async function download(uris: readonly string[], options: DownloadOptions): Promise<Uint8Array> {
  const failures: Error[] = [];
  if (options.maxBytes > largestDownload) {
    throw new ArtifactUnavailable(`${options.maxBytes} bytes are more than this worker takes, ${largestDownload}`);
  }
  for (const uri of uris) {
    try {
      return await fromMirror(uri, options);
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  const said = failures.map(({ message }, at) => `${uris[at]}: ${message}`).join('; ');
  if (failures.length > 0 && failures.every((error) => error instanceof WrongBytes || error instanceof TooLarge)) {
    throw new ArtifactMismatch(said);
  }
  throw new ArtifactUnavailable(failures.length === 0 ? 'no mirror is named' : said);
}

const transfers: Readonly<Record<string, Transfer>> = { 'http:': fromHttp, 'https:': fromHttp, 's3:': fromS3 };

async function fromMirror(uri: string, options: DownloadOptions): Promise<Uint8Array> {
  const { protocol } = new URL(uri);
  if (protocol === 'file:') return requireRight(await fromFile(uri, options.maxBytes), options);
  const transfer = transfers[protocol];
  if (transfer === undefined) throw new Error(`this worker cannot read ${protocol} addresses`);
  const received = new Collector(options.maxBytes);
  const attempts = options.attempts ?? 3;
  const deadline = AbortSignal.timeout(options.deadlineMs ?? 30_000 + Math.ceil(options.maxBytes / 1_048.576));
  for (let attempt = 1; ; attempt++) {
    try {
      await transfer(uri, received, options.stallMs ?? 10_000, deadline);
      return requireRight(received.bytes(), options);
    } catch (error) {
      if (deadline.aborted) throw new Error('too slow', { cause: error });
      if (attempt === attempts || error instanceof TooLarge) throw error;
      // What came may have been mixed up on its way: the next try starts over.
      if (error instanceof WrongBytes) received.restart();
      await sleep(250 * 2 ** attempt);
    }
  }
}

class WrongBytes extends Error {}

function requireRight(bytes: Uint8Array, { isRight }: DownloadOptions): Uint8Array {
  if (isRight !== undefined && !isRight(bytes)) throw new WrongBytes(`${bytes.length} bytes, not the ones asked for`);
  return bytes;
}

async function fromFile(uri: string, maxBytes: number): Promise<Uint8Array> {
  const path = fileURLToPath(uri);
  const file = statSync(path);
  // A pipe or a device may never end, and the address is a stranger's.
  if (!file.isFile()) throw new Error('not a file');
  const { size } = file;
  if (size === 0) return new Uint8Array();
  if (size > maxBytes) throw new TooLarge(`${size} bytes, more than ${maxBytes}`);
  const received = new Collector(maxBytes);
  for await (const chunk of createReadStream(path, { end: size - 1 })) received.add(chunk);
  return received.bytes();
}
