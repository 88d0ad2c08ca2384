import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { DamageError } from './damage.ts';
import { numberKey, StateDatabase, tables } from './database.ts';
import { flatKey } from './flat.ts';
import { CommitMultiStore, type StoreOptions } from './multistore.ts';
import { UnknownVersionError } from './version.ts';

/** Caches so small that nearly every node and value comes from disk. */
const options: StoreOptions = {
  meta: { chainId: 'infinet-test-1', bech32Prefix: 'infinet' },
  stores: ['acc', 'bank', 'staking'],
  checkpointEvery: 7,
  cache: { treeNodes: 20, readNodes: 10, valueBytes: 2000 },
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

function writeBlock(store: CommitMultiStore, height: bigint): void {
  const h = Number(height);
  const bank = store.working.store('bank');
  for (let k = 0; k < 40; k++) bank.set(`balance/${(h * 31 + k * 7) % 600}`, Buffer.from(`${h}:${k}`));
  for (let k = 0; k < 5; k++) bank.delete(`balance/${(h * 13 + k * 50) % 600}`);
  store.working.store('acc').set(`sequence/${h % 5}`, Buffer.from(`${h}`));
}

/** Commits blocks, with pauses in which checkpoints are written. */
async function commitBlocks(store: CommitMultiStore, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    writeBlock(store, store.version + 1n);
    store.stage(store.version + 1n);
    store.commit();
    await setTimeout(i % 4);
  }
}

/** The same in a folder that is closed and opened after each checkpoint, when that is written. */
async function commitAndReopen(
  folder: string,
  count: number,
  changes: Partial<StoreOptions> = {},
): Promise<CommitMultiStore> {
  const every = options.checkpointEvery ?? 1;
  for (let done = 0; ; done += every) {
    const store = CommitMultiStore.open(folder, { ...options, ...changes });
    if (done >= count) return store;
    await commitBlocks(store, Math.min(every, count - done));
    await store.close();
  }
}

function contents(state: { store: CommitMultiStore['committed']['store'] }) {
  return ['acc', 'bank', 'staking'].flatMap((name) =>
    [...state.store(name).iterate({})].map(([key, value]) => [name, key, Buffer.from(value).toString()]),
  );
}

/** The same blocks in memory, to compare with. */
async function twin(blocks: number): Promise<CommitMultiStore> {
  const store = CommitMultiStore.open(undefined, { ...options, pruning: { keepRecent: 0, interval: 1 } });
  await commitBlocks(store, blocks);
  return store;
}

describe('a store larger than its caches', () => {
  it('gives the app hashes, entries and proofs of one in memory, at the tip and at every height, after a restart too', async () => {
    const inMemory = await twin(60);
    const folder = newFolder();
    const first = CommitMultiStore.open(folder, options);
    await commitBlocks(first, 33);
    await first.close();
    const store = CommitMultiStore.open(folder, options);
    expect(store.notes).toEqual([]);
    await commitBlocks(store, 27);
    for (let height = 1n; height <= 60n; height++) {
      const [ours, theirs] = [store.at(height), inMemory.at(height)];
      expect(ours.appHash, `app hash of ${height}`).toEqual(theirs.appHash);
      expect(contents(ours.state)).toEqual(contents(theirs.state));
      for (const key of ['balance/5', 'balance/601', '', 'z']) {
        expect(ours.prove('bank', Buffer.from(key))).toEqual(theirs.prove('bank', Buffer.from(key)));
      }
    }
    for (let k = 0; k < 600; k++) {
      const key = `balance/${k}`;
      expect(store.committed.store('bank').get(key)).toEqual(inMemory.committed.store('bank').get(key));
    }
    await store.close();
  });

  it('writes every version when no turn of the event loop is free for checkpoints', () => {
    const folder = newFolder();
    const store = CommitMultiStore.open(folder, options);
    for (let i = 0; i < 40; i++) {
      writeBlock(store, store.version + 1n);
      store.stage(store.version + 1n);
      store.commit();
    }
    expect(store.at(3n).height).toBe(3n);
    expect(store.version).toBe(40n);
  });

  it('serves keys that are too long for the database from the tree', async () => {
    const folder = newFolder();
    const long = 'k'.repeat(5000);
    const before = CommitMultiStore.open(folder, { ...options, checkpointEvery: 1 });
    before.working.store('acc').set(long, Buffer.from('value'));
    before.working.store('acc').set('short', Buffer.alloc(100_000, 1));
    before.stage(1n);
    before.commit();
    await commitBlocks(before, 8);
    await before.close();
    const after = CommitMultiStore.open(folder, options);
    expect(Buffer.from(after.committed.store('acc').get(long) ?? []).toString()).toBe('value');
    expect(after.committed.store('acc').get('short')).toEqual(new Uint8Array(100_000).fill(1));
    expect(after.committed.store('acc').has(`${long}k`)).toBe(false);
    await after.close();
  });
});

describe('pruning', () => {
  it('keeps the versions asked for and frees the nodes of older ones', async () => {
    const kept = newFolder();
    const pruned = newFolder();
    const all = await commitAndReopen(kept, 80, { pruning: { keepRecent: 0, interval: 10 } });
    const few = await commitAndReopen(pruned, 80, { pruning: { keepRecent: 5, interval: 2 } });
    expect(few.appHash).toEqual(all.appHash);
    expect(few.oldest).toBeGreaterThan(50n);
    expect(few.oldest).toBeLessThanOrEqual(76n);
    expect(() => few.at(few.oldest - 1n)).toThrow(UnknownVersionError);
    for (let height = few.oldest; height <= 80n; height++) {
      expect(contents(few.at(height).state)).toEqual(contents(all.at(height).state));
    }
    expect(contents(all.at(1n).state).length).toBeGreaterThan(0);
    await Promise.all([all.close(), few.close()]);
    const [more, less] = [nodesIn(kept), nodesIn(pruned)];
    expect(less).toBeLessThan(more / 3);
    const reopened = CommitMultiStore.open(pruned, options);
    expect(contents(reopened.committed)).toEqual(contents((await twin(80)).committed));
    await reopened.close();
  });

  function nodesIn(folder: string): number {
    const database = new StateDatabase(join(folder, 'state.mdb'));
    const count = [...database.range(tables.nodes, numberKey(0, 0), numberKey(0, 255))].length;
    void database.close();
    return count;
  }
});

describe('damage in the state database', () => {
  async function closedStore(): Promise<string> {
    const folder = newFolder();
    await (await commitAndReopen(folder, 28)).close();
    return folder;
  }

  async function damage(folder: string, table: number, start: Buffer, change: (value: Buffer) => Buffer | undefined) {
    const database = new StateDatabase(join(folder, 'state.mdb'));
    const end = Buffer.concat([start.subarray(0, 1), Buffer.alloc(7, 255)]);
    const entries = [...database.range(table, start, end)].map(({ key, value }) => [key, Buffer.from(value)] as const);
    database.transaction(() => {
      for (const [key, value] of entries) {
        const changed = change(value);
        if (changed === undefined) database.remove(table, key);
        else database.put(table, key, changed);
      }
    });
    await database.close();
  }

  const flip = (value: Buffer) => {
    const changed = Buffer.from(value);
    changed[1] = (changed[1] ?? 0) ^ 4;
    return changed;
  };

  it('is named when it is met, whether a record is flipped or missing, and never read as state', async () => {
    for (const change of [flip, () => undefined]) {
      const folder = await closedStore();
      await damage(folder, tables.nodes, numberKey(1, 1), change);
      // Whatever needs a node of the database first says so.
      const read = () => [...CommitMultiStore.open(folder, options).committed.store('bank').iterate({})];
      expect(read).toThrow(DamageError);
      expect(read).toThrow(/state\.mdb is damaged: node \d+ of store 1/);
    }
  });

  it('is named for a value of the flat state', async () => {
    const folder = await closedStore();
    await damage(folder, tables.flat, flatKey(1, 'balance/'), flip);
    const store = CommitMultiStore.open(folder, { ...options });
    const read = () => {
      for (let k = 0; k < 600; k++) store.committed.store('bank').get(`balance/${k}`);
    };
    expect(read).toThrow(/the value of key [0-9a-f]+ fails its checksum/);
    await store.close();
  });

  it('is named for the record of the last checkpoint', async () => {
    const folder = await closedStore();
    await damage(folder, tables.versions, numberKey(0), flip);
    expect(() => CommitMultiStore.open(folder, options)).toThrow(/the record of height \d+ fails its checksum/);
  });
});

it('leaves nothing but the log, the database and its lock in the folder', async () => {
  const folder = newFolder();
  await (await commitAndReopen(folder, 20)).close();
  const names = readdirSync(folder).filter((name) => !name.startsWith('log-'));
  expect(names.sort()).toEqual(['meta.json', 'state.mdb', 'state.mdb-lock']);
});
