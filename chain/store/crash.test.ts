import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CommitMultiStore, type StoreOptions } from './multistore.ts';

const options: StoreOptions = {
  meta: { chainId: 'infinet-test-1', bech32Prefix: 'infinet' },
  stores: ['acc', 'bank'],
  checkpointEvery: 25,
};

/** Commits blocks until it is killed, and says after each commit how far it got. */
const committer = `
const [, module, folder, options] = process.argv;
const { CommitMultiStore } = await import(module);
const store = CommitMultiStore.open(folder, JSON.parse(options));
for (;;) {
  const height = store.version + 1n;
  for (let i = 0n; i < 50n; i++) store.working.store('bank').set('k' + ((height * 7n + i) % 500n), Buffer.from(String(height)));
  store.working.store('bank').delete('k' + ((height * 3n) % 500n));
  store.stage(height);
  store.commit();
  process.stdout.write(height + ' ' + Buffer.from(store.appHash).toString('hex') + '\\n');
  await new Promise(setImmediate);
}`;

const folder = mkdtempSync(join(tmpdir(), 'store-crash-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the committer, kills it after so many blocks, and returns the app hashes it reported. */
async function killedAfter(blocks: number): Promise<Map<bigint, string>> {
  const module = join(import.meta.dirname, 'multistore.ts');
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', committer, '--', module, folder, JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.split('\n').length > blocks) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  const whole = text.slice(0, text.lastIndexOf('\n')).split('\n');
  return new Map(whole.map((line) => line.split(' ')).map(([height = '', hash = '']) => [BigInt(height), hash]));
}

it('loses no committed block and forks no app hash when killed in the middle of commits and checkpoints', async () => {
  let reached = 0n;
  for (const blocks of [3, 26, 40, 1, 77]) {
    const reported = await killedAfter(blocks);
    const last = [...reported.keys()].at(-1) ?? 0n;
    const store = CommitMultiStore.open(folder, options);
    expect(last).toBeGreaterThan(reached);
    expect(store.version).toBeGreaterThanOrEqual(last);
    expect(Buffer.from(store.at(last).appHash).toString('hex')).toBe(reported.get(last));
    reached = store.version;
    await store.close();
  }
});
