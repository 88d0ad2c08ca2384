import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StateDatabase, tables } from './database.ts';
import { databasePath } from './disk.ts';
import { saveStoreSets } from './metadata.ts';
import { CommitMultiStore, type StoreOptions } from './multistore.ts';
import { rollbackStore } from './rollback.ts';
import { Snapshots } from './snapshots.ts';
import { StoreMismatchError, StoreSets, type StoreUpgrade } from './storeSets.ts';
import { verifyStore } from './verify.ts';

const meta = { chainId: 'infinet-test-1', bech32Prefix: 'infinet' };
const before: StoreOptions = { meta, stores: ['acc', 'bank', 'mint'], checkpointEvery: 5 };
const change = { added: ['gov', 'authz'], deleted: ['mint'] };
const after: StoreOptions = {
  ...before,
  stores: ['acc', 'authz', 'bank', 'gov'],
  upgrade: (_, nextHeight) => ({ ...change, height: nextHeight }),
};

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Writes to each of the stores that depend on the height alone. */
function commitBlock(store: CommitMultiStore, stores: readonly string[]): void {
  const height = store.version + 1n;
  const h = Number(height);
  for (const name of stores) {
    const state = store.working.store(name);
    for (let k = 0; k < 6; k++) state.set(`${name}/${(h * 31 + k * 7) % 40}`, Buffer.from(`${h}:${k}`));
    state.delete(`${name}/${(h * 13) % 40}`);
  }
  store.stage(height);
  store.commit();
}

function commitBlocks(store: CommitMultiStore, count: number, options: StoreOptions): void {
  for (let i = 0; i < count; i++) commitBlock(store, options.stores);
}

/** A store in memory after so many blocks of the old stores and so many of the new ones. */
function twin(old: number, renewed: number): CommitMultiStore {
  const store = CommitMultiStore.open(undefined, { ...before, pruning: { keepRecent: 1000, interval: 1 } });
  commitBlocks(store, old, before);
  if (renewed > 0) store.upgradeStores({ ...change, height: BigInt(old + 1) });
  commitBlocks(store, renewed, after);
  return store;
}

/** The same on disk; closed and opened again by the new software at the upgrade. */
async function folderAfter(old: number, renewed: number, changes: Partial<StoreOptions> = {}): Promise<string> {
  const folder = newFolder();
  const first = CommitMultiStore.open(folder, { ...before, ...changes });
  commitBlocks(first, old, before);
  await first.close();
  if (renewed === 0) return folder;
  const second = CommitMultiStore.open(folder, { ...after, ...changes });
  commitBlocks(second, renewed, after);
  await second.close();
  return folder;
}

function contents(store: CommitMultiStore) {
  return after.stores.map((name) => {
    const state = store.committed.store(name);
    const ordered = [...state.iterate({})].map(([key, value]) => [key, `${Buffer.from(value)}`]);
    expect(ordered.map(([key = '']) => `${Buffer.from(state.get(key) ?? [])}`)).toEqual(ordered.map(([, v]) => v));
    return [name, ordered];
  });
}

describe('stores that an upgrade adds and deletes', () => {
  it('come and go with its block, and every height answers with the stores that it had', async () => {
    const folder = await folderAfter(12, 0);
    const store = CommitMultiStore.open(folder, after);
    // The new software runs on the old state before its first block.
    expect(store.committed.store('gov').get('x')).toBeUndefined();
    expect([...store.at(12n).state.store('gov').iterate({})]).toEqual([]);
    expect(store.appHash).toEqual(twin(12, 0).appHash);
    expect(() => store.working.store('mint')).toThrow('no store is called mint');
    const never = twin(12, 9);
    commitBlocks(store, 9, after);
    for (let height = 1n; height <= 21n; height++) {
      expect(store.at(height).appHash, `height ${height}`).toEqual(never.at(height).appHash);
    }
    expect(contents(store)).toEqual(contents(never));
    expect(store.at(12n).state.store('mint').has('mint/1')).toBe(never.at(12n).state.store('mint').has('mint/1'));
    expect([...store.at(12n).state.store('authz').iterate({})]).toEqual([]);
    expect(() => store.at(12n).state.store('typo')).toThrow('no store is called typo');
    expect(() => store.at(12n).prove('gov', Buffer.from('x'))).toThrow('no store is called gov');
    expect(store.at(13n).trees.get('gov')?.root?.kind === 'inner').toBe(true);
    await store.close();
  });

  it('survive a restart after any block, whichever part of it was in a checkpoint', async () => {
    const never = twin(7, 12);
    const folder = newFolder();
    for (let height = 1; height <= 19; height++) {
      const options = height <= 7 ? before : after;
      const store = CommitMultiStore.open(folder, options);
      commitBlock(store, options.stores);
      expect(store.appHash, `height ${height}`).toEqual(never.at(BigInt(height)).appHash);
      await store.close();
    }
    const store = CommitMultiStore.open(folder, { ...after, upgrade: undefined });
    expect(contents(store)).toEqual(contents(never));
    await store.close();
    const report = await verifyStore(folder, meta, after.stores);
    expect([report.problems, report.height]).toEqual([[], 19n]);
  });

  it('that were decided but not committed are no part of the folder: old and new software open it', async () => {
    const folder = await folderAfter(6, 0);
    const staged = CommitMultiStore.open(folder, after);
    staged.working.store('gov').set('x', Buffer.of(1));
    staged.stage(7n);
    await staged.close();
    // As a crash between the metadata and the log's record leaves it.
    const crashed = newFolder();
    cpSync(folder, crashed, { recursive: true });
    saveStoreSets(crashed, new StoreSets(before.stores, [{ ...change, height: 7n }]));
    expect(readFileSync(join(crashed, 'meta.json'), 'utf8')).toContain('"format":3');
    for (const place of [folder, crashed]) {
      const old = CommitMultiStore.open(place, before);
      expect(old.version).toBe(6n);
      await old.close();
      expect(readFileSync(join(place, 'meta.json'), 'utf8')).toContain('"format":2');
    }
    const renewed = CommitMultiStore.open(crashed, after);
    commitBlocks(renewed, 3, after);
    expect(renewed.appHash).toEqual(twin(6, 3).appHash);
    await renewed.close();
  });

  it('are refused without an upgrade, at another height, and where they do not fit', async () => {
    const folder = await folderAfter(4, 0);
    const open = (changes: Partial<StoreOptions>) => () => CommitMultiStore.open(folder, { ...after, ...changes });
    const upgradeTo = (upgrade: StoreUpgrade) => open({ upgrade: () => upgrade });
    expect(open({ upgrade: undefined })).toThrow(StoreMismatchError);
    expect(open({ upgrade: undefined })).toThrow(
      'has stores "acc bank mint", expected "acc authz bank gov": stores come and go only with the block of an upgrade',
    );
    expect(upgradeTo({ ...change, height: 6n })).toThrow(StoreMismatchError);
    expect(upgradeTo({ height: 5n, added: ['gov'], deleted: ['mint'] })).toThrow('expected "acc authz bank gov"');
    expect(upgradeTo({ height: 5n, added: ['bank'], deleted: [] })).toThrow('adds the store "bank", which is there');
    expect(upgradeTo({ height: 5n, added: [], deleted: ['x'] })).toThrow('deletes the unknown store "x"');
    expect(upgradeTo({ height: 5n, added: ['x'], deleted: ['x'] })).toThrow('adds and deletes the store "x"');
    const store = CommitMultiStore.open(folder, after);
    expect(() => store.upgradeStores({ height: 9n, added: [], deleted: ['acc'] })).toThrow('cannot change at height 9');
    commitBlocks(store, 1, after);
    await store.close();
    expect(() => CommitMultiStore.open(folder, before)).toThrow('has stores "acc authz bank gov"');
  });

  it('can read the plan of the upgrade from the last state', async () => {
    const folder = newFolder();
    const store = CommitMultiStore.open(folder, before);
    store.working.store('acc').set('plan', Buffer.from('2'));
    store.stage(1n);
    store.commit();
    await store.close();
    const renewed = CommitMultiStore.open(folder, {
      ...after,
      upgrade: (committed) => ({
        ...change,
        height: BigInt(`${Buffer.from(committed.store('acc').get('plan') ?? [])}`),
      }),
    });
    commitBlocks(renewed, 1, after);
    expect(renewed.version).toBe(2n);
    await renewed.close();
  });

  it.each([
    [8, 3],
    [3, 3],
    [10, 10],
    [8, 5],
  ])('are undone by a rollback of the %i + %i blocks before and after', async (old, renewed) => {
    const folder = await folderAfter(old, renewed);
    await expect(rollbackStore(folder, meta, ['acc'], 1)).rejects.toThrow(StoreMismatchError);
    expect(await rollbackStore(folder, meta, after.stores, renewed)).toBe(BigInt(old));
    const report = await verifyStore(folder, meta, before.stores);
    expect(report.problems).toEqual([]);
    // Old software goes on, or the new one upgrades again.
    const copy = newFolder();
    cpSync(folder, copy, { recursive: true });
    const back = CommitMultiStore.open(copy, before);
    commitBlocks(back, 4, before);
    expect(back.appHash).toEqual(twin(old + 4, 0).appHash);
    await back.close();
    const again = CommitMultiStore.open(folder, after);
    commitBlocks(again, 12, after);
    expect(again.appHash).toEqual(twin(old, 12).appHash);
    expect(contents(again)).toEqual(contents(twin(old, 12)));
    await again.close();
  });

  it('leave nothing behind once the last version with them is pruned, and may come back', async () => {
    const pruning = { keepRecent: 3, interval: 1 };
    const folder = await folderAfter(8, 2, { pruning });
    for (let i = 0; i < 6; i++) {
      // A checkpoint that was begun is finished by closing.
      const renewed = CommitMultiStore.open(folder, { ...after, pruning, checkpointEvery: 1 });
      commitBlocks(renewed, 1, after);
      await renewed.close();
    }
    const database = new StateDatabase(databasePath(folder));
    const left = (table: number) =>
      [...database.range(table, Buffer.of(2), Buffer.of(3))].length + (database.get(table, Buffer.of(2))?.length ?? 0);
    expect(left(tables.nodes)).toBe(0);
    expect(left(tables.flat)).toBe(0);
    await database.close();
    const back = { ...after, pruning, stores: [...after.stores, 'mint'] };
    const store = CommitMultiStore.open(folder, {
      ...back,
      upgrade: (_, height) => ({ height, added: ['mint'], deleted: [] }),
    });
    expect([...store.committed.store('mint').iterate({})]).toEqual([]);
    const never = twin(8, 8);
    never.upgradeStores({ height: 17n, added: ['mint'], deleted: [] });
    for (const both of [store, never]) commitBlocks(both, 8, back);
    expect(store.appHash).toEqual(never.appHash);
    await store.close();
    const report = await verifyStore(folder, meta, back.stores);
    expect(report.problems).toEqual([]);
  });

  it('are in snapshots of their heights, which only software with the same stores takes', async () => {
    const folder = await folderAfter(5, 4);
    const source = CommitMultiStore.open(folder, after);
    const snapshots = new Snapshots(
      { folder: join(folder, 'snapshots'), meta, interval: 0, keepRecent: 2, warn: () => {} },
      source,
    );
    await snapshots.take(source.version);
    await snapshots.take(5n);
    const target = newFolder();
    const joined = CommitMultiStore.open(target, after);
    for (const snapshot of snapshots.list()) {
      const restore = joined.restore(snapshot, source.at(snapshot.height).appHash);
      let outcome = 'more';
      for (let i = 0; outcome === 'more'; i++) {
        outcome = restore.add(snapshots.chunk(snapshot.height, snapshot.format, i) ?? new Uint8Array());
      }
      expect(outcome).toBe(snapshot.height === 5n ? 'reject' : 'done');
      await restore.close(false);
    }
    const [newest] = snapshots.list();
    if (newest === undefined) throw new Error('no snapshot');
    const restore = joined.restore(newest, source.appHash);
    for (let i = 0; i < newest.chunks; i++) {
      restore.add(snapshots.chunk(newest.height, newest.format, i) ?? new Uint8Array());
    }
    await joined.adopt(restore);
    commitBlocks(joined, 6, after);
    expect(joined.appHash).toEqual(twin(5, 10).appHash);
    await joined.close();
    await source.close();
  });
});
