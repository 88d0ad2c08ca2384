import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockHome } from './lock.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-lock-'));
  path = join(folder, 'infinetd.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that takes the lock, says so and waits. */
async function holder(): Promise<ReturnType<typeof spawn>> {
  const program = `const { lockHome } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
    lockHome(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a second process is refused by name of the first', async () => {
  const child = await holder();
  expect(() => lockHome(path)).toThrow(`process ${child.pid} already uses this home`);
  child.kill('SIGKILL');
  await once(child, 'close');
});

test('the lock of a process that was killed is taken over', async () => {
  const child = await holder();
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(existsSync(path)).toBe(true);
  const lock = lockHome(path);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test.runIf(process.platform === 'linux')('a lock whose pid was given to another process since is taken over', () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: 'an earlier boot 17' }));
  lockHome(path).release();
});

test('a lock file that holds garbage is taken over', () => {
  writeFileSync(path, 'garbage');
  lockHome(path).release();
});

test('the same process cannot take a lock twice, and can again after its release', () => {
  const lock = lockHome(path);
  expect(() => lockHome(path)).toThrow('already uses this home');
  lock.release();
  lock.release();
  lockHome(path).release();
});
