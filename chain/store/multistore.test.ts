import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { iavlSpec, ics23, tendermintSpec, verifyMembership, verifyNonMembership } from '@confio/ics23';
import { afterEach, describe, expect, it } from 'vitest';
import { DamageError } from './damage.ts';

import { CommitMultiStore, type StoreOptions } from './multistore.ts';
import { StoreMismatchError } from './storeSets.ts';
import { UnknownVersionError } from './version.ts';

const options: StoreOptions = {
  meta: { chainId: 'infinet-test-1', bech32Prefix: 'infinet' },
  stores: ['acc', 'bank', 'staking'],
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

/** Writes that depend on the height: sets, overwrites and deletions in two of the three stores. */
function writeBlock(store: CommitMultiStore, height: bigint): void {
  const h = Number(height);
  const block = store.working.branch();
  for (let i = 0; i < 5; i++) block.store('bank').set(`balance/${(h * 7 + i * 3) % 40}`, Buffer.from(`${h}:${i}`));
  block.store('bank').delete(`balance/${(h * 5) % 40}`);
  block.store('acc').set(`account/${h % 10}`, Buffer.from([h & 255]));
  block.write();
}

function commitBlock(store: CommitMultiStore): Uint8Array {
  const height = store.version + 1n;
  writeBlock(store, height);
  const hash = store.stage(height);
  store.commit();
  return hash;
}

function contents(store: CommitMultiStore, name: string) {
  return [...store.committed.store(name).iterate({})].map(([key, value]) => [key, Buffer.from(value).toString('hex')]);
}

function logOf(folder: string): string {
  const log = readdirSync(folder)
    .filter((name) => name.startsWith('log-'))
    .sort()
    .at(-1);
  if (log === undefined) throw new Error('no log');
  return join(folder, log);
}

describe('the committed store', () => {
  it('comes back after a restart with the same height, app hash and entries', async () => {
    const folder = newFolder();
    const before = CommitMultiStore.open(folder, options);
    for (let i = 0; i < 20; i++) commitBlock(before);
    await before.close();
    const after = CommitMultiStore.open(folder, options);
    expect(after.notes).toEqual([]);
    expect(after.version).toBe(20n);
    expect(after.appHash).toEqual(before.appHash);
    expect(contents(after, 'bank')).toEqual(contents(before, 'bank'));
    commitBlock(after);
    expect(after.version).toBe(21n);
    await after.close();
  });

  it('forgets what was staged and not committed, and stages the same height again with the same hash', async () => {
    const folder = newFolder();
    const before = CommitMultiStore.open(folder, options);
    commitBlock(before);
    writeBlock(before, 2n);
    const staged = before.stage(2n);
    expect(before.stage(2n)).toEqual(staged);
    expect(before.version).toBe(1n);
    expect(before.committed.store('acc').has('account/2')).toBe(false);
    await before.close();
    const after = CommitMultiStore.open(folder, options);
    expect(after.version).toBe(1n);
    expect(after.working.store('acc').has('account/2')).toBe(false);
    expect(commitBlock(after)).toEqual(staged);
    await after.close();
  });

  it('gives two nodes the same app hash for the same writes, in whatever order and branches they were made', () => {
    const one = CommitMultiStore.open(undefined, options);
    const other = CommitMultiStore.open(undefined, options);
    const keys = Array.from({ length: 30 }, (_, i) => `k${(i * 17) % 30}`);
    for (const key of keys) one.working.store('bank').set(key, Buffer.from(key));
    for (const key of keys.toReversed()) {
      const branch = other.working.branch();
      branch.store('bank').set(key, Buffer.from('overwritten'));
      branch.store('bank').set(key, Buffer.from(key));
      branch.write();
    }
    expect(one.stage(1n)).toEqual(other.stage(1n));
  });

  it('starts at any initial height and refuses gaps and repetitions after it', () => {
    const store = CommitMultiStore.open(undefined, options);
    expect(Buffer.from(store.appHash).toString('hex')).toMatch(/^e3b0c442/);
    store.stage(1000n);
    store.commit();
    expect(store.version).toBe(1000n);
    expect(() => store.stage(1000n)).toThrow('cannot follow');
    expect(() => store.stage(1002n)).toThrow('cannot follow');
    expect(() => store.commit()).toThrow('nothing is staged');
  });

  it('keeps a window of old versions readable while new blocks come', () => {
    const store = CommitMultiStore.open(undefined, { ...options, pruning: { keepRecent: 3, interval: 1 } });
    for (let i = 0; i < 10; i++) commitBlock(store);
    const eight = store.at(8n);
    const entries = [...eight.state.store('bank').iterate({})];
    commitBlock(store);
    expect([...eight.state.store('bank').iterate({})]).toEqual(entries);
    expect(store.at(9n).height).toBe(9n);
    expect(store.at().height).toBe(11n);
    for (const unknown of [8n, 12n, 0n]) expect(() => store.at(unknown)).toThrow(UnknownVersionError);
    expect(() => store.at(8n)).toThrow('version 8 does not exist: this node keeps 9 to 11');
  });

  it('refuses writes that bypass a block', () => {
    const store = CommitMultiStore.open(undefined, options);
    commitBlock(store);
    expect(() => store.committed.store('bank').set('a', new Uint8Array(1))).toThrow('branch it');
    expect(() => store.at(1n).state.store('bank').delete('a')).toThrow('branch it');
    expect(() => store.working.store('gov')).toThrow('no store is called gov');
    const check = store.committed.branch();
    check.store('bank').set('a', new Uint8Array(1));
    expect(check.store('bank').has('a')).toBe(true);
    expect(store.committed.store('bank').has('a')).toBe(false);
  });
});

describe('proofs', () => {
  it('let a light client check presence and absence against the app hash', () => {
    const store = CommitMultiStore.open(undefined, options);
    for (let i = 0; i < 12; i++) commitBlock(store);
    for (const height of [5n, 12n]) {
      const version = store.at(height);
      for (const [name, value] of version.state.store('bank').iterate({})) {
        const key = Buffer.from(name, 'latin1');
        const { tree, root } = check(version.prove('bank', key), version.appHash);
        expect(verifyMembership(tree, iavlSpec, root, key, value)).toBe(true);
        expect(verifyMembership(tree, iavlSpec, root, key, Buffer.of(9))).toBe(false);
      }
      for (const key of ['balance/zzz', 'a', 'balance/15x']) {
        const absent = check(version.prove('bank', Buffer.from(key)), version.appHash);
        expect(verifyNonMembership(absent.tree, iavlSpec, absent.root, Buffer.from(key))).toBe(true);
      }
    }
    expect(() => store.at().prove('staking', Buffer.from('x'))).toThrow('empty tree');
    expect(() => store.at().prove('gov', Buffer.from('x'))).toThrow('no store');
  });

  /** Checks the step from the store's root to the app hash; returns the tree's proof and the root it must lead to. */
  function check(ops: ReturnType<ReturnType<CommitMultiStore['at']>['prove']>, appHash: Uint8Array) {
    const [iavl, simple] = ops;
    if (iavl === undefined || simple === undefined) throw new Error('two steps expected');
    expect([iavl.type, simple.type]).toEqual(['ics23:iavl', 'ics23:simple']);
    const outer = ics23.CommitmentProof.decode(simple.data);
    const root = outer.exist?.value ?? new Uint8Array(0);
    expect(verifyMembership(outer, tendermintSpec, appHash, simple.key, root)).toBe(true);
    return { tree: ics23.CommitmentProof.decode(iavl.data), root };
  }
});

describe('the log on disk', () => {
  /** A folder with five blocks, the offset of the last record, and the app hashes by height. */
  async function fiveBlocks() {
    const folder = newFolder();
    const store = CommitMultiStore.open(folder, options);
    const hashes = [];
    const sizes = [];
    for (let i = 0; i < 5; i++) {
      hashes.push(commitBlock(store));
      sizes.push(readFileSync(logOf(folder)).length);
    }
    await store.close();
    return { folder, hashes, sizes, log: readFileSync(logOf(folder)) };
  }

  it('loses only the torn last block, wherever the power went', async () => {
    const { folder, hashes, sizes, log } = await fiveBlocks();
    const start = sizes[3] ?? 0;
    for (let length = start; length < log.length; length++) {
      writeFileSync(logOf(folder), log.subarray(0, length));
      const store = CommitMultiStore.open(folder, options);
      expect(store.version).toBe(4n);
      expect(store.appHash).toEqual(hashes[3]);
      if (length > start) expect(store.notes.join()).toMatch(`cut ${length - start} bytes`);
      expect(readFileSync(logOf(folder)).length).toBe(start);
      expect(commitBlock(store)).toEqual(hashes[4]);
      await store.close();
      expect(readFileSync(logOf(folder))).toEqual(log);
    }
  });

  it('cuts a last record of which only the length reached the disk', async () => {
    const { folder, hashes, sizes, log } = await fiveBlocks();
    writeFileSync(logOf(folder), Buffer.from(log).fill(0, sizes[3]));
    const store = CommitMultiStore.open(folder, options);
    expect(store.version).toBe(4n);
    expect(store.appHash).toEqual(hashes[3]);
    await store.close();
  });

  it('names a flipped bit before the last record and loads nothing', async () => {
    const { folder, sizes, log } = await fiveBlocks();
    const end = sizes[3] ?? 0;
    for (let byte = 0; byte < end; byte += 3) {
      const damaged = Buffer.from(log);
      damaged[byte] = (damaged[byte] ?? 0) ^ (1 << (byte % 8));
      writeFileSync(logOf(folder), damaged);
      const start = [0, ...sizes].findLast((size) => size <= byte);
      const open = () => CommitMultiStore.open(folder, options);
      expect(open).toThrow(DamageError);
      expect(open).toThrow(`${logOf(folder)} at byte ${start} is damaged`);
      // A store that could not be opened closes its files in the next turns.
      await setImmediate();
      expect(readFileSync(logOf(folder))).toEqual(damaged);
    }
  });

  it('refuses a meta.json of which a bit was flipped, rather than take the whole log for torn', async () => {
    const { folder, log } = await fiveBlocks();
    const path = join(folder, 'meta.json');
    const sound = readFileSync(path);
    for (let byte = 0; byte < sound.length - 1; byte++) {
      const damaged = Buffer.from(sound);
      damaged[byte] = (damaged[byte] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      try {
        const store = CommitMultiStore.open(folder, options);
        // The name of the checksum itself was hit.
        expect(damaged.toString()).not.toContain('"check"');
        expect(store.version).toBe(5n);
        await store.close();
      } catch (error) {
        expect(String(error)).toMatch(/meta\.json|on-disk format|chain id|Bech32 prefix/);
      }
      expect(readFileSync(logOf(folder))).toEqual(log);
    }
  });

  it('refuses a log whose beginning is missing', async () => {
    const { folder, sizes, log } = await fiveBlocks();
    writeFileSync(logOf(folder), log.subarray(sizes[1]));
    expect(() => CommitMultiStore.open(folder, options)).toThrow('the record of height 3 does not follow height 0');
  });

  it('refuses the folder of another chain, another prefix, another format or other stores', async () => {
    const { folder } = await fiveBlocks();
    const open = (changes: Partial<StoreOptions>) => () => CommitMultiStore.open(folder, { ...options, ...changes });
    expect(open({ meta: { ...options.meta, chainId: 'other-1' } })).toThrow(StoreMismatchError);
    expect(open({ meta: { ...options.meta, chainId: 'other-1' } })).toThrow(
      'has chain id "infinet-test-1", expected "other-1"',
    );
    expect(open({ meta: { ...options.meta, bech32Prefix: 'cosmos' } })).toThrow('has Bech32 prefix "infinet"');
    expect(open({ stores: ['acc', 'bank'] })).toThrow('has stores "acc bank staking", expected "acc bank"');
    expect(open({ stores: ['staking', 'bank', 'acc'] })).not.toThrow();
    const copy = newFolder();
    cpSync(folder, copy, { recursive: true });
    const meta = join(copy, 'meta.json');
    writeFileSync(meta, readFileSync(meta, 'utf8').replace('"format":2', '"format":1'));
    expect(() => CommitMultiStore.open(copy, options)).toThrow('on-disk format 1, this program reads 2 and 3');
    rmSync(meta);
    expect(() => CommitMultiStore.open(copy, options)).toThrow('but no meta.json');
  });
});
