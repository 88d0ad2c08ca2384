import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serveOpenings } from './serve.ts';

test('verifiers reach states, leaves and records, in parts too, and nothing else on the machine', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'infinet-serve-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, 'out');
  mkdirSync(folder);
  writeFileSync(join(folder, 'state-3'), 'state');
  writeFileSync(join(parent, 'my data.bin'), 'records');
  writeFileSync(join(parent, 'secret'), 'key');
  const served = await serveOpenings({ host: '127.0.0.1', port: 0, folder, data: join(parent, 'my data.bin') });
  onTestFinished(() => served.close());
  const text = async (url: string, headers: Record<string, string> = {}) =>
    await (await fetch(url, { headers })).text();
  expect(await text(`${served.uri}/state-3`)).toBe('state');
  expect(await text(`${served.uri}/state-3`, { range: 'bytes=2-' })).toBe('ate');
  expect(await text(served.dataUri)).toBe('records');
  for (const path of [
    '/run/../secret',
    '/run/%2e%2e/secret',
    '/run/..%2fsecret',
    '/secret',
    '/',
    '/run/my%20data.bin',
  ]) {
    expect((await fetch(served.uri.replace('/run', path))).status, path).toBe(404);
  }
});

test('a port that is taken is said so', async () => {
  const options = { host: '127.0.0.1', folder: tmpdir(), data: join(tmpdir(), 'none') };
  const first = await serveOpenings({ ...options, port: 0 });
  onTestFinished(() => first.close());
  const port = Number(new URL(first.uri).port);
  await expect(serveOpenings({ ...options, port })).rejects.toThrow('choose another --serve');
});
