import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { homePaths } from '../../chain/node/paths.ts';
import { infinetd } from './node.ts';
import { SingleNode } from './singleNode.ts';

/** What an operator asks about a home: are its files sound, are its settings right. */
let single: SingleNode;

beforeAll(async () => {
  single = await SingleNode.create('operations');
  await single.start();
});
afterAll(() => single?.remove());

async function run(...args: string[]): Promise<{ status: number | string; said: string }> {
  const node = infinetd(...args, '--home', single.home);
  const status = await node.ended;
  return { status, said: node.lines.join('\n') };
}

const reportShape = z.object({
  sound: z.boolean(),
  height: z.coerce.bigint(),
  comet_height: z.coerce.bigint(),
  signed_height: z.coerce.bigint(),
  log_records: z.number(),
});

test('verify refuses a home that is in use', async () => {
  const { status, said } = await run('verify');
  expect(status).toBe(1);
  expect(said).toContain('already uses this home');
});

test('verify finds the files of a stopped node sound: state, blocks, app hash, last signature', async () => {
  single.node.process.kill('SIGTERM');
  expect(await single.node.ended).toBe(0);
  const { status, said } = await run('verify');
  expect(said).toContain('"problems": []');
  expect(status).toBe(0);
  const report = reportShape.parse(JSON.parse(said.slice(said.indexOf('{'))));
  expect(report.sound).toBe(true);
  expect(report.height).toBeGreaterThanOrEqual(2n);
  expect(report.comet_height).toBeGreaterThanOrEqual(report.height);
  expect(report.comet_height).toBeLessThanOrEqual(report.height + 1n);
  expect(report.signed_height).toBeGreaterThanOrEqual(report.comet_height);
  expect(BigInt(report.log_records)).toBe(report.height);
});

test('verify names a flipped bit of the log, and an old file of signatures from a backup', async () => {
  const { state, validatorState } = homePaths(single.home);
  const log = join(state, readdirSync(state).find((name) => name.startsWith('log-')) ?? '');
  const sound = readFileSync(log);
  const flipped = Buffer.from(sound);
  flipped[70] = (flipped[70] ?? 0) ^ 4;
  writeFileSync(log, flipped);
  const damaged = await run('verify', '--no-comet');
  writeFileSync(log, sound);
  expect(damaged.status).toBe(1);
  expect(damaged.said).toContain(`${log} at byte 0 is damaged: the record of height 1 fails its checksum`);

  const signed = readFileSync(validatorState, 'utf8');
  writeFileSync(validatorState, signed.replace(/"height": "\d+"/, '"height": "1"'));
  const old = await run('verify');
  writeFileSync(validatorState, signed);
  expect(old.status).toBe(1);
  expect(old.said).toContain('says that height 1 was signed last');
});

test('config check names what is wrong, and where CometBFT is set otherwise', async () => {
  const { config } = homePaths(single.home);
  const before = readFileSync(config, 'utf8');
  expect(await run('config', 'check')).toMatchObject({ status: 0, said: expect.stringContaining('"notes": []') });
  writeFileSync(config, before.replace('transport = "socket"', 'transport = "grpc"'));
  const differs = await run('config', 'check');
  writeFileSync(config, before.replace('stop_below_mib = 512', 'stop_below_mib = "all"'));
  const wrong = await run('config', 'check');
  writeFileSync(config, before);
  expect(differs.status).toBe(0);
  expect(differs.said).toContain('abci is');
  expect(differs.said).toContain('proxy_app is');
  expect(wrong.status).toBe(1);
  expect(wrong.said).toContain('disk.stop_below_mib: ');
});

test('a disk without room stops the start with the key that decides', async () => {
  const { config } = homePaths(single.home);
  const before = readFileSync(config, 'utf8');
  writeFileSync(config, before.replace('stop_below_mib = 512', 'stop_below_mib = 1000000000'));
  const { status, said } = await run('start');
  writeFileSync(config, before);
  expect(status).toBe(1);
  expect(said).toMatch(/MiB left, less than disk\.stop_below_mib of .*infinet\.toml = 1000000000/);
});
