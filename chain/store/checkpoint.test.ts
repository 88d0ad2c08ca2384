import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DamageError } from './damage.ts';
import { CommitMultiStore, type StoreOptions } from './multistore.ts';

const options: StoreOptions = {
  meta: { chainId: 'infinet-test-1', bech32Prefix: 'infinet' },
  stores: ['acc', 'bank', 'staking'],
  checkpointEvery: 10,
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function commitBlocks(store: CommitMultiStore, count: number): void {
  for (let i = 0; i < count; i++) {
    const height = store.version + 1n;
    const h = Number(height);
    for (let k = 0; k < 20; k++)
      store.working.store('bank').set(`balance/${(h * 31 + k * 7) % 300}`, Buffer.from(`${h}:${k}`));
    store.working.store('bank').delete(`balance/${(h * 13) % 300}`);
    store.working.store('acc').set(`sequence/${h % 5}`, Buffer.from(`${h}`));
    store.stage(height);
    store.commit();
  }
}

/** A folder after so many blocks, a pause after every tenth for its checkpoint to be written. */
async function folderAfter(blocks: number): Promise<{ folder: string; appHash: Uint8Array }> {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  let appHash: Uint8Array = new Uint8Array(0);
  for (let done = 0; done < blocks; done += 10) {
    const store = CommitMultiStore.open(folder, options);
    commitBlocks(store, Math.min(10, blocks - done));
    await store.close();
    appHash = store.appHash;
  }
  return { folder, appHash };
}

const names = (folder: string) => readdirSync(folder).sort();
const numbered = (name: string, height: number) => `${name}-${String(height).padStart(20, '0')}`;

describe('checkpoints', () => {
  it('keep the last two and the log from the older one on', async () => {
    const { folder } = await folderAfter(57);
    expect(names(folder)).toEqual([
      numbered('checkpoint', 40),
      numbered('checkpoint', 50),
      numbered('log', 41),
      numbered('log', 51),
      'meta.json',
    ]);
  });

  it('give the state that a replay of all blocks gives, and the same app hashes after it', async () => {
    const { folder, appHash } = await folderAfter(57);
    const restarted = CommitMultiStore.open(folder, options);
    const replayed = CommitMultiStore.open(undefined, options);
    commitBlocks(replayed, 57);
    expect(restarted.notes).toEqual([]);
    expect(restarted.appHash).toEqual(appHash);
    expect(restarted.at(50n).height).toBe(50n);
    expect(() => restarted.at(49n)).toThrow('this node keeps 50 to 57');
    for (const store of [restarted, replayed]) commitBlocks(store, 30);
    expect(restarted.appHash).toEqual(replayed.appHash);
    const entries = (store: CommitMultiStore) =>
      [...store.committed.store('bank').iterate({})].map(([k, v]) => [k, `${Buffer.from(v)}`]);
    expect(entries(restarted)).toEqual(entries(replayed));
    expect(restarted.at().prove('bank', Buffer.from('balance/5'))).toEqual(
      replayed.at().prove('bank', Buffer.from('balance/5')),
    );
    await restarted.close();
  });

  it('are written while blocks go on, one at a time', async () => {
    const { folder } = await folderAfter(0);
    const store = CommitMultiStore.open(folder, options);
    commitBlocks(store, 35);
    expect(names(folder).filter((name) => name.endsWith('.tmp'))).toHaveLength(1);
    await store.close();
    expect(names(folder)).toEqual([numbered('checkpoint', 10), numbered('log', 1), numbered('log', 11), 'meta.json']);
    const restarted = CommitMultiStore.open(folder, options);
    expect(restarted.appHash).toEqual(store.appHash);
    await restarted.close();
  });

  it('are passed over with a note when damaged, the older one and the log standing in', async () => {
    const { folder, appHash } = await folderAfter(57);
    const path = join(folder, numbered('checkpoint', 50));
    const sound = readFileSync(path);
    const damages = [sound.subarray(0, sound.length - 1), sound.subarray(0, 3), Buffer.alloc(0)];
    for (let byte = 0; byte < sound.length; byte += 101) {
      const damaged = Buffer.from(sound);
      damaged[byte] = (damaged[byte] ?? 0) ^ (1 << (byte % 8));
      damages.push(damaged);
    }
    for (const damaged of damages) {
      writeFileSync(path, damaged);
      const store = CommitMultiStore.open(folder, options);
      expect(store.notes.join()).toContain(`passed over a checkpoint: ${path} is damaged`);
      expect(store.appHash).toEqual(appHash);
      await store.close();
    }
  });

  it('never hide that the log between them and the tip is gone', async () => {
    const { folder } = await folderAfter(57);
    writeFileSync(join(folder, numbered('checkpoint', 50)), '');
    rmSync(join(folder, numbered('log', 41)));
    expect(() => CommitMultiStore.open(folder, options)).toThrow(DamageError);
    rmSync(join(folder, numbered('log', 51)));
    expect(() => CommitMultiStore.open(folder, options)).toThrow('ends at height 40, before');
    writeFileSync(join(folder, numbered('checkpoint', 40)), '');
    expect(() => CommitMultiStore.open(folder, options)).toThrow('ends at height 0, before');
  });

  it('leave nothing behind when their writer was killed', async () => {
    const { folder, appHash } = await folderAfter(57);
    writeFileSync(join(folder, `${numbered('checkpoint', 57)}.tmp`), 'half');
    const store = CommitMultiStore.open(folder, options);
    expect(store.appHash).toEqual(appHash);
    expect(names(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    await store.close();
  });
});
