import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ByteWriter } from './bytes.ts';
import { CommitMultiStore, type StoreOptions } from './multistore.ts';
import { judgeOffer, type Restore } from './restore.ts';
import { type Snapshot, Snapshots } from './snapshots.ts';

const options: StoreOptions = {
  meta: { chainId: 'infinet-test-1', bech32Prefix: 'infinet' },
  stores: ['bank', 'acc', 'staking'],
  checkpointEvery: 5,
  cache: { treeNodes: 10, readNodes: 5, valueBytes: 500 },
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  return folder;
}

function commitBlock(store: CommitMultiStore): void {
  const height = store.version + 1n;
  const h = Number(height);
  const bank = store.working.store('bank');
  for (let k = 0; k < 30; k++) bank.set(`balance/${(h * 31 + k * 7) % 300}`, Buffer.from(`${h}:${k}`));
  bank.delete(`balance/${(h * 13) % 300}`);
  store.working.store('acc').set(`account/${h % 9}`, Buffer.from([h]));
  store.stage(height);
  store.commit();
}

function snapshotsOf(store: CommitMultiStore, folder: string, keepRecent = 2): Snapshots {
  const failed = (text: string) => {
    throw new Error(text);
  };
  return new Snapshots(
    { folder: join(folder, 'snapshots'), meta: options.meta, interval: 10, keepRecent, chunkBytes: 1000, warn: failed },
    { at: (height) => store.at(height), pin: (height) => store.pin(height) },
  );
}

/** A store after so many blocks with a snapshot at the last one. */
async function source(blocks: number, pruning?: StoreOptions['pruning']) {
  const folder = newFolder();
  const store = CommitMultiStore.open(folder, { ...options, pruning });
  const snapshots = snapshotsOf(store, folder);
  for (let i = 0; i < blocks; i++) commitBlock(store);
  await snapshots.take(store.version);
  const [snapshot] = snapshots.list();
  if (snapshot === undefined) throw new Error('no snapshot');
  const chunks = Array.from({ length: snapshot.chunks }, (_, index) => snapshots.chunk(snapshot.height, 1, index));
  return { store, snapshots, snapshot, chunks: chunks.map((chunk) => chunk ?? expect.fail()) };
}

function feed(restore: Restore, chunks: readonly Uint8Array[]): string[] {
  return chunks.map((chunk) => restore.add(chunk));
}

describe('a snapshot', () => {
  it('has the same bytes on every node, whatever the node keeps, and whether it restarted', async () => {
    const one = await source(20);
    const folder = newFolder();
    for (let i = 0; i < 20; i++) {
      const store = CommitMultiStore.open(folder, { ...options, pruning: { keepRecent: 2, interval: 1 } });
      commitBlock(store);
      await store.close();
    }
    const store = CommitMultiStore.open(folder, options);
    const other = snapshotsOf(store, folder);
    await other.take(20n);
    expect(other.list()).toEqual([one.snapshot]);
    expect(one.snapshot.chunks).toBeGreaterThan(5);
    expect(other.chunk(20n, 1, 3)).toEqual(one.chunks[3]);
    expect(other.chunk(20n, 1, 1000)).toBeUndefined();
    expect(other.chunk(20n, 2, 0)).toBeUndefined();
    await Promise.all([store.close(), one.store.close()]);
  });

  it('is taken while blocks go on, and only the newest stay', async () => {
    const folder = newFolder();
    const store = CommitMultiStore.open(folder, { ...options, pruning: { keepRecent: 2, interval: 1 } });
    const snapshots = snapshotsOf(store, folder);
    const appHashes = new Map<bigint, Uint8Array>();
    for (let i = 0; i < 45; i++) {
      commitBlock(store);
      appHashes.set(store.version, store.appHash);
      snapshots.committed(store.version);
      await new Promise((resolve) => setTimeout(resolve, store.version % 10n === 0n ? 20 : 1));
    }
    await snapshots.close();
    const kept = snapshots.list();
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(2);
    for (const snapshot of kept) {
      const target = CommitMultiStore.open(newFolder(), options);
      const restore = target.restore(snapshot, appHashes.get(snapshot.height) ?? new Uint8Array());
      const chunks = Array.from({ length: snapshot.chunks }, (_, i) => snapshots.chunk(snapshot.height, 1, i));
      expect(
        feed(
          restore,
          chunks.map((chunk) => chunk ?? expect.fail()),
        ).at(-1),
      ).toBe('done');
      await restore.close(false);
      await target.close();
    }
    await store.close();
  });

  it('is deleted with a warning when one of its chunks is not what was written, and never served', async () => {
    const folder = newFolder();
    const store = CommitMultiStore.open(folder, options);
    for (let i = 0; i < 10; i++) commitBlock(store);
    const said: string[] = [];
    const all = join(folder, 'snapshots');
    const snapshots = new Snapshots(
      {
        folder: all,
        meta: options.meta,
        interval: 0,
        keepRecent: 2,
        chunkBytes: 1000,
        warn: (text) => said.push(text),
      },
      store,
    );
    await snapshots.take(10n);
    const path = join(all, '00000000000000000010', 'chunk-1');
    const bytes = readFileSync(path);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(snapshots.chunk(10n, 1, 0)).toBeDefined();
    expect(snapshots.chunk(10n, 1, 1)).toBeUndefined();
    expect(said).toEqual([
      'chunk 1 of the snapshot of height 10 is not the one that its metadata name: the snapshot is deleted',
    ]);
    expect(snapshots.list()).toEqual([]);
    expect(readdirSync(all)).toEqual([]);
    await store.close();
  });
});

describe('a restore', () => {
  it('gives the state at the height, which goes on to the same app hashes and survives a restart', async () => {
    const { store, snapshot, chunks } = await source(20);
    const folder = newFolder();
    const target = CommitMultiStore.open(folder, options);
    const reader = target.committed.store('bank');
    expect(judgeOffer(snapshot)).toBe('accept');
    const restore = target.restore(snapshot, store.appHash);
    expect(feed(restore, chunks)).toEqual([...chunks.slice(1).map(() => 'more'), 'done']);
    expect(target.version).toBe(0n);
    await target.adopt(restore);
    expect(target.version).toBe(20n);
    expect(target.appHash).toEqual(store.appHash);
    expect([...reader.iterate({})]).toEqual([...store.committed.store('bank').iterate({})]);
    expect(reader.get('balance/7')).toEqual(store.committed.store('bank').get('balance/7'));
    expect(target.at().prove('bank', Buffer.from('balance/7'))).toEqual(
      store.at().prove('bank', Buffer.from('balance/7')),
    );
    for (let i = 0; i < 13; i++) {
      commitBlock(store);
      commitBlock(target);
    }
    expect(target.appHash).toEqual(store.appHash);
    await target.close();
    expect(readdirSync(folder)).not.toContain('restore.tmp');
    const again = CommitMultiStore.open(folder, options);
    expect(again.appHash).toEqual(store.appHash);
    expect(() => again.at(19n)).toThrow('this node keeps 20 to 33');
    await Promise.all([again.close(), store.close()]);
  });

  it('asks for a chunk again that is not the one it names, and then goes on', async () => {
    const { store, snapshot, chunks } = await source(20);
    const target = CommitMultiStore.open(newFolder(), options);
    const restore = target.restore(snapshot, store.appHash);
    const [first = new Uint8Array(), second = new Uint8Array(), ...rest] = chunks;
    const flipped = Uint8Array.from(second);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    expect(feed(restore, [second, new Uint8Array(0), first, flipped, first, second, ...rest])).toEqual([
      'wrong',
      'wrong',
      'more',
      'wrong',
      'wrong',
      'more',
      ...rest.slice(1).map(() => 'more'),
      'done',
    ]);
    await target.adopt(restore);
    expect(target.appHash).toEqual(store.appHash);
    await Promise.all([target.close(), store.close()]);
  });

  it('refuses a snapshot that leads to another app hash than the trusted one, and takes the next offer', async () => {
    const { store, snapshot, chunks } = await source(20);
    const target = CommitMultiStore.open(newFolder(), options);
    const wrong = target.restore(snapshot, new Uint8Array(32));
    expect(feed(wrong, chunks).at(-1)).toBe('reject');
    await wrong.close(false);
    expect(target.version).toBe(0n);
    const half = target.restore(snapshot, store.appHash);
    feed(half, chunks.slice(0, 3));
    await half.close(false);
    const right = target.restore(snapshot, store.appHash);
    expect(feed(right, chunks).at(-1)).toBe('done');
    await target.adopt(right);
    expect(() => target.restore(snapshot, store.appHash)).toThrow('a store at height 20 takes no snapshot');
    await Promise.all([target.close(), store.close()]);
  });

  it('refuses snapshots of another format, chain or set of stores, and metadata that do not fit', async () => {
    const { store, snapshot, chunks } = await source(20);
    const changed = (changes: Partial<Snapshot>) => judgeOffer({ ...snapshot, ...changes });
    expect(changed({ format: 2 })).toBe('reject_format');
    expect(changed({ chunks: snapshot.chunks + 1 })).toBe('reject');
    expect(changed({ chunks: 0, metadata: new Uint8Array(0) })).toBe('reject');
    expect(changed({ hash: new Uint8Array(32) })).toBe('reject');
    for (const other of [
      { meta: { ...options.meta, chainId: 'other-1' } },
      { meta: { ...options.meta, bech32Prefix: 'cosmos' } },
      { stores: ['bank', 'acc'] },
    ]) {
      const target = CommitMultiStore.open(newFolder(), { ...options, ...other });
      const restore = target.restore(snapshot, store.appHash);
      expect(restore.add(chunks[0] ?? new Uint8Array())).toBe('reject');
      await restore.close(false);
      await target.close();
    }
    await store.close();
  });

  it('refuses one that claims more stores than there are bytes, without making room for them', async () => {
    const target = CommitMultiStore.open(newFolder(), options);
    for (const claimed of [10 ** 8, 2 ** 32, 2 ** 49]) {
      const head = new ByteWriter();
      head.raw(Buffer.from('IFSN'));
      for (const number of [1, 20]) head.varint(number);
      head.string(options.meta.chainId);
      head.string(options.meta.bech32Prefix);
      head.varint(claimed);
      const chunk = head.take();
      const metadata = hash('sha256', chunk, 'buffer');
      const lie = { height: 20n, format: 1, chunks: 1, metadata, hash: hash('sha256', metadata, 'buffer') };
      expect(judgeOffer(lie)).toBe('accept');
      const before = process.memoryUsage().rss;
      const restore = target.restore(lie, new Uint8Array(32));
      expect(restore.add(chunk)).toBe('reject');
      expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
      await restore.close(false);
    }
    await target.close();
  });
});
