import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { readChunk, SnapshotLoader } from '../store/snapshotFolder.ts';
import { snapshotFormat } from '../store/snapshotFormat.ts';
import type { Snapshot } from '../store/snapshots.ts';
import { OperatorError, reason } from './failure.ts';
import { readTar, type TarEntry, TarError, tarEnd, tarEntry } from './tar.ts';

/** CometBFT takes no larger chunks; ours have 4 MiB and the rest of a node. */
const mostChunkBytes = 16 * 1024 * 1024;

/** `snapshot.json`, the archive's first file. The rest are `metadata` and `chunk-0`, `chunk-1`, ... in this order. */
const headShape = z.object({ height: z.string().regex(/^\d{1,18}$/), format: z.int(), chunks: z.int().min(1) });

/** Told how many chunks of how many are done. */
export type Progress = (done: number, of: number) => void;

/** Writes a snapshot as one file, a tar archive under gzip, whole or not at all. */
export async function dumpSnapshot(
  folder: string,
  snapshot: Snapshot,
  path: string,
  onProgress: Progress,
): Promise<void> {
  const draft = `${path}.partial`;
  try {
    const files = Readable.from(archive(folder, snapshot, onProgress), { objectMode: false, highWaterMark: 1 });
    await pipeline(files, createGzip({ level: 1 }), createWriteStream(draft, { mode: 0o600, flush: true }));
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new OperatorError(`cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

function* archive(folder: string, snapshot: Snapshot, onProgress: Progress): Generator<Buffer> {
  const { height, format, chunks, metadata } = snapshot;
  const head = { height: height.toString(), format, chunks, hash: Buffer.from(snapshot.hash).toString('hex') };
  yield tarEntry({ name: 'snapshot.json', bytes: Buffer.from(`${JSON.stringify(head)}\n`) });
  yield tarEntry({ name: 'metadata', bytes: metadata });
  for (let index = 0; index < chunks; index++) {
    const bytes = readChunk(folder, height, index);
    if (bytes === undefined) throw new Error(`chunk ${index} of the snapshot of height ${height} is missing`);
    yield tarEntry({ name: `chunk-${index}`, bytes });
    onProgress(index + 1, chunks);
  }
  yield tarEnd;
}

/**
 * Takes a snapshot out of an archive into the folder of all snapshots and returns its height. Every chunk is held to the
 * hashes in the archive, and the first one to the chain. Throws an `OperatorError`; nothing is left behind then.
 */
export async function loadSnapshot(
  path: string,
  folder: string,
  meta: { readonly chainId: string; readonly bech32Prefix: string },
  onProgress: Progress,
): Promise<bigint> {
  const unpacked = createGunzip();
  const read = pipeline(createReadStream(path), unpacked);
  // It is told below, where the reader notices it.
  read.catch(() => {});
  let loader: SnapshotLoader | undefined;
  try {
    const files = readTar(unpacked, mostChunkBytes)[Symbol.asyncIterator]();
    const next = async (name: string): Promise<TarEntry> => {
      const { value, done } = await files.next();
      if (done === true || value.name !== name) {
        throw new TarError(`the archive has ${done === true ? 'its end' : value.name} where ${name} is expected`);
      }
      return value;
    };
    const head = headShape.parse(JSON.parse(Buffer.from((await next('snapshot.json')).bytes).toString('utf8')));
    if (head.format !== snapshotFormat) {
      throw new Error(`the snapshot is of format ${head.format}, this program reads ${snapshotFormat}`);
    }
    loader = new SnapshotLoader(folder, meta, (await next('metadata')).bytes);
    for (let index = 0; index < loader.chunks; index++) {
      loader.add((await next(`chunk-${index}`)).bytes);
      onProgress(index + 1, loader.chunks);
    }
    return loader.finish();
  } catch (error) {
    throw new OperatorError(`cannot load ${path}: ${reason(error)}`, { cause: error });
  } finally {
    loader?.abandon();
    unpacked.destroy();
  }
}
