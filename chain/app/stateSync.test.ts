import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { abci } from '../../sdk/codec/index.ts';
import { commitBlock, crashOptions } from '../../test/crash/blocks.ts';
import { openSnapshots } from '../../test/crash/snapshots.ts';
import { silentLogger } from '../logger.ts';
import { CommitMultiStore } from '../store/multistore.ts';
import type { Snapshot, Snapshots } from '../store/snapshots.ts';
import { StateSync } from './stateSync.ts';

const offers = abci.ResponseOfferSnapshot_Result;
const chunkResults = abci.ResponseApplySnapshotChunk_Result;
const root = mkdtempSync(join(tmpdir(), 'statesync-'));
const sourceFolder = join(root, 'source');

let source: CommitMultiStore;
let served: Snapshots;
let snapshot: Snapshot;
let joiners = 0;

beforeAll(async () => {
  source = CommitMultiStore.open(sourceFolder, crashOptions);
  for (let i = 0; i < 30; i++) commitBlock(source, 1);
  served = openSnapshots(sourceFolder, source);
  await served.take(source.version);
  const [newest] = served.list();
  snapshot = newest ?? expect.fail();
  expect(snapshot.chunks).toBeGreaterThan(5);
});

afterAll(async () => {
  await source.close();
  rmSync(root, { recursive: true });
});

function chunk(index: number): Uint8Array {
  return served.chunk(snapshot.height, snapshot.format, index) ?? expect.fail();
}

function damaged(index: number): Uint8Array {
  const bytes = Uint8Array.from(chunk(index));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  return bytes;
}

function newJoiner() {
  const folder = join(root, `joiner-${joiners++}`);
  const store = CommitMultiStore.open(folder, crashOptions);
  const sync = new StateSync({ store, snapshots: openSnapshots(folder, store), logger: silentLogger });
  return { store, sync };
}

test('a peer that serves bad chunks is rejected by name, and the same chunks of a good peer are taken', async () => {
  const { store, sync } = newJoiner();
  expect(await sync.offer({ snapshot, appHash: source.appHash })).toEqual({ result: offers.ACCEPT });
  for (let index = 0; index < snapshot.chunks; index++) {
    for (const bytes of [damaged(index), new Uint8Array(), chunk((index + 1) % snapshot.chunks)]) {
      expect(await sync.apply({ index, chunk: bytes, sender: 'liar' })).toEqual({
        result: chunkResults.RETRY,
        refetchChunks: [index],
        rejectSenders: ['liar'],
      });
    }
    expect(await sync.apply({ index, chunk: chunk(index), sender: 'honest' })).toEqual({
      result: chunkResults.ACCEPT,
      refetchChunks: [],
      rejectSenders: [],
    });
  }
  expect(store.version).toBe(source.version);
  expect(store.appHash).toEqual(source.appHash);
  await store.close();
});

test('after a snapshot that leads elsewhere, and one that was given up half way, the next offer is taken', async () => {
  const { store, sync } = newJoiner();
  await sync.offer({ snapshot, appHash: new Uint8Array(32) });
  for (let index = 0; index + 1 < snapshot.chunks; index++) {
    await sync.apply({ index, chunk: chunk(index), sender: 'a' });
  }
  const last = snapshot.chunks - 1;
  const { result } = await sync.apply({ index: last, chunk: chunk(last), sender: 'a' });
  expect(result).toBe(chunkResults.REJECT_SNAPSHOT);
  expect(store.version).toBe(0n);
  expect((await sync.apply({ index: 0, chunk: chunk(0), sender: 'a' })).result).toBe(chunkResults.ABORT);
  await sync.offer({ snapshot, appHash: source.appHash });
  await sync.apply({ index: 0, chunk: chunk(0), sender: 'a' });
  expect(await sync.offer({ snapshot, appHash: source.appHash })).toEqual({ result: offers.ACCEPT });
  // Asked at once, they are taken one after another.
  const answers = await Promise.all(
    Array.from({ length: snapshot.chunks }, (_, index) => sync.apply({ index, chunk: chunk(index), sender: 'a' })),
  );
  expect(new Set(answers.map((answer) => answer.result))).toEqual(new Set([chunkResults.ACCEPT]));
  expect(store.appHash).toEqual(source.appHash);
  // A store with blocks takes none, and blocks go on.
  commitBlock(store, 1);
  await store.close();
});

test('a node gives other work its turn while it takes a large chunk', async () => {
  const folder = join(root, 'large');
  const large = CommitMultiStore.open(folder, crashOptions);
  for (let key = 0; key < 10_000; key++) large.working.store('bank').set(`balance/${key}`, Buffer.from('1'));
  large.stage(1n);
  large.commit();
  const snapshots = openSnapshots(folder, large, undefined, 10_000_000);
  await snapshots.take(1n);
  const [one] = snapshots.list();
  expect(one?.chunks).toBe(1);
  const { store, sync } = newJoiner();
  await sync.offer({ snapshot: one, appHash: large.appHash });
  const bytes = snapshots.chunk(1n, one?.format ?? 0, 0) ?? expect.fail();
  let turns = 0;
  let waiting = true;
  const turn = () => {
    turns += 1;
    if (waiting) setImmediate(turn);
  };
  setImmediate(turn);
  expect((await sync.apply({ index: 0, chunk: bytes, sender: '' })).result).toBe(chunkResults.ACCEPT);
  waiting = false;
  expect(turns).toBeGreaterThan(15);
  expect(store.appHash).toEqual(large.appHash);
  await Promise.all([store.close(), large.close()]);
});

test('a node killed in the middle of a restore begins anew and ends at the same state', async () => {
  const folder = join(root, 'killed');
  const appHash = Buffer.from(source.appHash).toString('hex');
  const program = fileURLToPath(new URL('../../test/crash/restorer.ts', import.meta.url));
  const run = async (waitAt: string) => {
    const child = spawn(process.execPath, [program, sourceFolder, folder, appHash, waitAt], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line === waitAt) child.kill('SIGKILL');
    });
    await once(child, 'close');
    return lines.at(-1);
  };
  expect(await run('0')).toBe('0');
  expect(await run('4')).toBe('4');
  const between = CommitMultiStore.open(folder, crashOptions);
  expect(between.version).toBe(0n);
  await between.close();
  expect(await run('')).toBe(appHash);
  const store = CommitMultiStore.open(folder, crashOptions);
  expect(store.appHash).toEqual(source.appHash);
  await store.close();
});
