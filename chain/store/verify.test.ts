import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toByteString } from '../../sdk/codec/byteString.ts';
import { StateDatabase } from './database.ts';
import { databasePath } from './disk.ts';
import { CommitMultiStore } from './multistore.ts';
import { verifyStore } from './verify.ts';

const meta = { chainId: 'verify-1', bech32Prefix: 'infinet' };
const stores = ['acc', 'bank'];
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-verify-'));
  const store = CommitMultiStore.open(folder, { meta, stores, checkpointEvery: 5 });
  for (let height = 1; height <= 13; height++) {
    for (let n = 0; n < 8; n++) {
      const key = toByteString(Buffer.from(`key ${(height * 7 + n * 3) % 40}`));
      store.working.store(n % 2 === 0 ? 'acc' : 'bank').set(key, Buffer.from(`value ${height} ${n}`));
    }
    store.stage(BigInt(height));
    store.commit();
    await new Promise((resolve) => setTimeout(resolve, height % 5 === 0 ? 100 : 0));
  }
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const verify = () => verifyStore(folder, meta, stores);
const logs = () =>
  readdirSync(folder)
    .filter((name) => name.startsWith('log-'))
    .map((name) => join(folder, name));
const bytes = () =>
  readdirSync(folder)
    .filter((name) => !name.includes('lock'))
    .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]);

test('a sound folder is read to its height and app hash, and nothing in it changes', async () => {
  const before = bytes();
  const report = await verify();
  expect(report).toMatchObject({ height: 13n, problems: [], notes: [] });
  expect(report.nodes).toBeGreaterThan(20);
  expect(bytes()).toEqual(before);
  const store = CommitMultiStore.open(folder, { meta, stores });
  expect(Buffer.from(store.appHash).toString('hex').toUpperCase()).toBe(report.appHash);
  await store.close();
});

test('a folder without state is no damage', async () => {
  expect(await verifyStore(join(folder, 'none'), meta, stores)).toMatchObject({ height: 0n, problems: [] });
});

test('a log cut in its last record is noted, and a flipped bit in its middle named with file, byte and height', async () => {
  const path = logs().at(-1) ?? '';
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, -3));
  const cut = await verify();
  expect(cut.problems).toEqual([]);
  expect(cut.notes).toEqual([expect.stringContaining('it ends within the record of height 13')]);
  const flipped = Buffer.from(whole);
  flipped[60] = (flipped[60] ?? 0) ^ 1;
  writeFileSync(path, flipped);
  expect((await verify()).problems[0]).toMatch(
    /log-\d{20} at byte 0 is damaged: the record of height \d+ fails its checksum/,
  );
});

test.each([
  ['nodes', 0, /node \d+ of store (acc|bank) fails its checksum/],
  ['flat', 1, /value of key [0-9a-f]+ fails its checksum/],
  ['versions', 2, /the record of height \d+ fails its checksum/],
])('a changed byte in the table of %s is found', async (_name, table, complaint) => {
  const database = new StateDatabase(databasePath(folder));
  const entries = [...database.range(table, Buffer.from([0]), Buffer.alloc(100, 0xff))];
  const last = entries.at(-1);
  if (last === undefined) throw new Error('an empty table');
  const value = Buffer.from(last.value);
  value[0] = (value[0] ?? 0) ^ 1;
  const key = Buffer.from(last.key);
  database.transaction(() => database.put(table, key, value));
  await database.close();
  expect((await verify()).problems.join('\n')).toMatch(complaint);
});

test('a missing entry of the flat state is found', async () => {
  const database = new StateDatabase(databasePath(folder));
  const [first] = database.range(1, Buffer.from([0]), Buffer.alloc(100, 0xff));
  const key = Buffer.from(first?.key ?? []);
  database.transaction(() => database.remove(1, key));
  await database.close();
  const { problems } = await verify();
  expect(problems.join('\n')).toMatch(/the flat value of key [0-9a-f]+ of store acc is not that of its tree/);
});

test('a key that the flat state has lost is not taken for absent, even where nobody verified', async () => {
  const flush = CommitMultiStore.open(folder, { meta, stores, checkpointEvery: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  await flush.close();
  const database = new StateDatabase(databasePath(folder));
  const lost = [...database.range(1, Buffer.from([0]), Buffer.from([1]))].map(({ key }) => Buffer.from(key));
  database.transaction(() => {
    for (const key of lost) database.remove(1, key);
  });
  await database.close();
  const store = CommitMultiStore.open(folder, { meta, stores });
  const read = () => lost.map((key) => store.committed.store('acc').get(toByteString(key.subarray(1))));
  expect(read).toThrow(/the flat state of acc lacks key [0-9a-f]+/);
  expect(store.committed.store('acc').get('never written')).toBeUndefined();
  await store.close();
});

test('a folder of another chain is refused by name', async () => {
  await expect(verifyStore(folder, { ...meta, chainId: 'other-1' }, stores)).rejects.toThrow('has chain id "verify-1"');
});
