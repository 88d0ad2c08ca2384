import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommitMultiStore } from '../store/multistore.ts';
import { restoreLocal } from '../store/restoreLocal.ts';
import { deleteSnapshot, readSnapshot, snapshotHeights } from '../store/snapshotFolder.ts';
import { Snapshots } from '../store/snapshots.ts';
import { dumpSnapshot, loadSnapshot } from './snapshotArchive.ts';
import { readTar, tarEnd, tarEntry } from './tar.ts';

const root = mkdtempSync(join(tmpdir(), 'infinet-archive-'));
const meta = { chainId: 'c-1', bech32Prefix: 'infinet' };
const file = join(root, 'dump.tar.gz');
const stores = ['a', 'b'];
const silent = () => {};
const options = (folder: string) => ({
  folder: join(folder, 'snapshots'),
  meta,
  interval: 0,
  keepRecent: 9,
  chunkBytes: 200,
  warn: silent,
});
let appHash: Uint8Array;

beforeAll(async () => {
  const store = CommitMultiStore.open(join(root, 'source'), { meta, stores });
  for (let key = 0; key < 20; key++) store.working.store('a').set(`key ${key}`, new Uint8Array(50).fill(key));
  appHash = store.stage(1n);
  store.commit();
  await new Snapshots(options(join(root, 'source')), store).take(1n);
  await store.close();
  const folder = join(root, 'source', 'snapshots');
  const snapshot = readSnapshot(folder, 1n);
  if (snapshot === undefined) throw new Error('no snapshot was taken');
  const told: string[] = [];
  await dumpSnapshot(folder, snapshot, file, (done, of) => told.push(`${done}/${of}`));
  expect(told.at(-1)).toBe(`${snapshot.chunks}/${snapshot.chunks}`);
  expect(snapshot.chunks).toBeGreaterThan(3);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a snapshot in a file', () => {
  test('makes the same state elsewhere', async () => {
    const folder = join(root, 'target');
    const store = CommitMultiStore.open(folder, { meta, stores });
    const snapshots = new Snapshots(options(folder), store);
    expect(await loadSnapshot(file, join(folder, 'snapshots'), meta, silent)).toBe(1n);
    const [snapshot] = snapshots.list();
    if (snapshot === undefined) throw new Error('no snapshot was loaded');
    await expect(restoreLocal(store, snapshots, snapshot, new Uint8Array(32), silent)).rejects.toThrow('app hash');
    expect(store.version).toBe(0n);
    await restoreLocal(store, snapshots, snapshot, appHash, silent);
    expect([store.version, store.appHash]).toEqual([1n, appHash]);
    await store.close();
    await expect(loadSnapshot(file, join(folder, 'snapshots'), meta, silent)).rejects.toThrow('there is one already');
    deleteSnapshot(join(folder, 'snapshots'), 1n);
    expect(snapshotHeights(join(folder, 'snapshots'))).toEqual([]);
  });

  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['that is cut off', (bytes) => bytes.subarray(0, bytes.length / 2), 'unexpected end of file'],
    ['that is no archive', () => Buffer.from('snapshot'), 'incorrect header check'],
    ['that is empty', () => Buffer.alloc(0), 'unexpected end of file'],
    [
      'with a changed byte in a chunk',
      (bytes) => gzipSync(flipInChunk(gunzipSync(bytes))),
      'has a chunk 0 that is not',
    ],
    ['with a changed header', (bytes) => gzipSync(flip(gunzipSync(bytes), 3)), 'the archive is damaged'],
    ['without its last chunk', (bytes) => gzipSync(withoutLast(gunzipSync(bytes))), 'its end where chunk-'],
    ['of tar with nothing in it', () => gzipSync(tarEnd), 'its end where snapshot.json is expected'],
    [
      'of another format',
      () => gzipSync(tarEntry({ name: 'snapshot.json', bytes: Buffer.from('{"height":"1","format":9,"chunks":1}') })),
      'of format 9, this program reads 1',
    ],
    [
      'with another name in it',
      () => gzipSync(tarEntry({ name: '../../etc/passwd', bytes: Buffer.from('x') })),
      'the archive has ../../etc/passwd where snapshot.json is expected',
    ],
  ])('%s is refused and leaves nothing behind', async (_name, damage, complaint) => {
    const wrong = join(root, 'wrong.tar.gz');
    const folder = join(root, 'refused', 'snapshots');
    writeFileSync(wrong, damage(readFileSync(file)));
    await expect(loadSnapshot(wrong, folder, meta, silent)).rejects.toThrow(complaint);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  test('of another chain is refused by name', async () => {
    const other = { chainId: 'c-2', bech32Prefix: 'infinet' };
    const load = loadSnapshot(file, join(root, 'other'), other, silent);
    await expect(load).rejects.toThrow('is of chain "c-1", this home is of "c-2"');
  });
});

test('an archive gives back its files, however its bytes arrive', async () => {
  const entries = fc.array(
    fc.record({ name: fc.stringMatching(/^[a-z0-9-]{1,90}$/), bytes: fc.uint8Array({ maxLength: 1500 }) }),
  );
  await fc.assert(
    fc.asyncProperty(entries, fc.integer({ min: 1, max: 2000 }), async (files, step) => {
      const bytes = Buffer.concat([...files.map(tarEntry), tarEnd]);
      const read: { name: string; bytes: Uint8Array }[] = [];
      for await (const { name, bytes: content } of readTar(pieces(bytes, step), 1500)) {
        read.push({ name, bytes: new Uint8Array(content) });
      }
      expect(read).toEqual(files);
    }),
    { numRuns: 50 },
  );
});

async function* pieces(bytes: Buffer, step: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

function flipInChunk(bytes: Buffer): Buffer {
  return flip(bytes, bytes.indexOf('chunk-0') + 520);
}

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

/** The archive up to the header of its last file. */
function withoutLast(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, bytes.lastIndexOf('chunk-')), tarEnd]);
}
