import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DamageError } from './damage.ts';
import { openMetadata } from './metadata.ts';
import { CommitMultiStore, type StoreOptions } from './multistore.ts';
import { RollbackError, rollbackStore } from './rollback.ts';
import { readMarker, writeMarker } from './rollbackMarker.ts';

const options: StoreOptions = {
  meta: { chainId: 'infinet-test-1', bech32Prefix: 'infinet' },
  stores: ['bank', 'acc'],
  checkpointEvery: 7,
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function commitBlock(store: CommitMultiStore): void {
  const height = store.version + 1n;
  const h = Number(height);
  const bank = store.working.store('bank');
  for (let k = 0; k < 12; k++) bank.set(`balance/${(h * 31 + k * 7) % 90}`, Buffer.from(`${h}:${k}`));
  for (let k = 0; k < 3; k++) bank.delete(`balance/${(h * 13 + k * 5) % 90}`);
  if (h % 4 === 0) store.working.store('acc').set(`account/${h}`, Buffer.from([h]));
  store.stage(height);
  store.commit();
}

/** A closed store after so many blocks: checkpoints at the multiples of 7. */
async function folderAfter(blocks: number, changes: Partial<StoreOptions> = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  for (let done = 0; done < blocks; done += 7) {
    const store = CommitMultiStore.open(folder, { ...options, ...changes });
    for (let i = 0; i < Math.min(7, blocks - done); i++) commitBlock(store);
    await store.close();
  }
  return folder;
}

function secretOf(folder: string): Uint8Array {
  return openMetadata(folder, options.meta, options.stores).secret;
}

function contents(store: CommitMultiStore) {
  const bank = store.committed.store('bank');
  const ordered = [...bank.iterate({})].map(([key, value]) => [key, `${Buffer.from(value)}`]);
  const single = Array.from({ length: 90 }, (_, k) => `balance/${k}`)
    .map((key) => [key, bank.get(key)] as const)
    .flatMap(([key, value]) => (value === undefined ? [] : [[key, `${Buffer.from(value)}`]]));
  expect(new Map(single as [string, string][])).toEqual(new Map(ordered as [string, string][]));
  return ordered;
}

describe('a rollback', () => {
  it.each([1, 2, 3, 5, 9, 10])(
    'of %i blocks gives the store that never made them, and goes on to the same app hashes',
    async (blocks) => {
      const folder = await folderAfter(23);
      expect(await rollbackStore(folder, options.meta, options.stores, blocks)).toBe(BigInt(23 - blocks));
      const store = CommitMultiStore.open(folder, options);
      const never = CommitMultiStore.open(undefined, options);
      for (let i = 0; i < 23 - blocks; i++) commitBlock(never);
      expect(store.notes).toEqual([]);
      expect(store.version).toBe(never.version);
      expect(store.appHash).toEqual(never.appHash);
      expect(contents(store)).toEqual(contents(never));
      for (let i = 0; i < 20; i++) {
        commitBlock(store);
        commitBlock(never);
      }
      expect(store.appHash).toEqual(never.appHash);
      expect(contents(store)).toEqual(contents(never));
      await store.close();
      const again = CommitMultiStore.open(folder, options);
      expect(again.appHash).toEqual(never.appHash);
      expect(contents(again)).toEqual(contents(never));
      await again.close();
    },
  );

  it('that was interrupted after its decision is finished by the next opening', async () => {
    const folder = await folderAfter(23);
    writeMarker(folder, secretOf(folder), 19n);
    const store = CommitMultiStore.open(folder, options);
    expect(store.version).toBe(19n);
    await store.close();
  });

  it('is refused by name of its file when any bit of the decision was flipped, and the store is as it was', async () => {
    const folder = await folderAfter(10);
    const path = join(folder, 'rollback.json');
    writeMarker(folder, secretOf(folder), 8n);
    const written = readFileSync(path);
    for (let bit = 0; bit < written.length * 8; bit++) {
      const flipped = Buffer.from(written);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(path, flipped);
      expect(() => readMarker(folder, secretOf(folder)), `bit ${bit}`).toThrow(DamageError);
    }
    expect(() => CommitMultiStore.open(folder, options)).toThrow(path);
    rmSync(path);
    const store = CommitMultiStore.open(folder, options);
    expect(store.version).toBe(10n);
    await store.close();
  });

  it('can be repeated while older versions are kept, and refuses what is not', async () => {
    const folder = await folderAfter(21, { pruning: { keepRecent: 9, interval: 1 } });
    await rollbackStore(folder, options.meta, options.stores, 4);
    const refused = rollbackStore(folder, options.meta, options.stores, 10);
    await expect(refused).rejects.toThrow(RollbackError);
    await expect(refused).rejects.toThrow(/version 7 is not kept, the oldest one is \d+/);
    await expect(rollbackStore(folder, options.meta, options.stores, 11)).rejects.toThrow('1 to 10');
    await expect(rollbackStore(folder, options.meta, options.stores, 0)).rejects.toThrow('1 to 10');
    const store = CommitMultiStore.open(folder, options);
    expect(store.version).toBe(17n);
    await store.close();
  });
});
