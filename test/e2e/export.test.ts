import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coins } from '@cosmjs/stargate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { infinetd, ready } from './node.ts';
import { denom, SingleNode } from './singleNode.ts';

let single: SingleNode;
const backup = mkdtempSync(join(tmpdir(), 'infinet-export-'));

beforeAll(async () => {
  single = await SingleNode.create('export');
  await single.start();
});
afterAll(async () => {
  await single?.remove();
  rmSync(backup, { recursive: true, force: true });
});

const genesisShape = z.looseObject({
  initial_height: z.string(),
  app_state: z.record(z.string(), z.unknown()),
});

async function stop(): Promise<void> {
  single.node.process.kill('SIGTERM');
  await single.node.ended;
}

async function exported(...flags: string[]): Promise<string> {
  const run = infinetd('export', '--home', single.home, ...flags);
  const status = await run.ended;
  if (status !== 0) throw new Error(run.lines.join('\n'));
  return run.lines.join('\n');
}

test('a running node is not exported: its home is in use', async () => {
  await expect(exported()).rejects.toThrow('already uses this home');
});

test('a chain goes on from an exported genesis: balances, validators, prices and blocks', async () => {
  const { sender } = single;
  const fee = { amount: coins('2000', denom), gas: '200000' };
  const sent = await single.client.sendTokens(sender, sender, coins('5', denom), fee);
  expect(sent.code).toBe(0);
  await single.blocks(4n);
  const before = await single.balance(sender);
  await stop();

  const genesis = genesisShape.parse(JSON.parse(await exported()));
  const first = BigInt(genesis.initial_height);
  expect(first).toBeGreaterThan(BigInt(sent.height));
  const earlier = genesisShape.parse(JSON.parse(await exported('--height', (first - 3n).toString())));
  expect(earlier.initial_height).toBe((first - 2n).toString());

  // The same home with the new genesis and without what the old chain left.
  writeFileSync(join(single.home, 'config', 'genesis.json'), JSON.stringify(genesis));
  const state = join(single.home, 'data', 'priv_validator_state.json');
  rmSync(join(single.home, 'data'), { recursive: true });
  mkdirSync(join(single.home, 'data'), { mode: 0o700 });
  writeFileSync(state, JSON.stringify({ height: '0', round: 0, step: 0 }));
  rmSync(join(single.home, 'config', 'addrbook.json'), { force: true });
  await single.start();
  expect((await ready(single.ports.api))?.height).toBeGreaterThanOrEqual(first);
  expect(await single.balance(sender)).toBe(before);
  expect((await single.client.sendTokens(sender, sender, coins('5', denom), fee)).code).toBe(0);

  // What was exported comes out as it went in, but for what blocks have changed since.
  await stop();
  const again = genesisShape.parse(JSON.parse(await exported()));
  expect(again.app_state.auth).toHaveProperty('params', z.looseObject({}).parse(genesis.app_state.auth).params);
  expect(Object.keys(again.app_state).sort()).toEqual(Object.keys(genesis.app_state).sort());
  expect(readFileSync(join(single.home, 'config', 'genesis.json'), 'utf8')).toContain(genesis.initial_height);
});

test('a node that shall halt commits its last height, stops with status 0, and goes no further when started again', async () => {
  const height = BigInt(genesisShape.parse(JSON.parse(await exported())).initial_height) + 3n;
  const path = join(single.home, 'config', 'infinet.toml');
  const config = readFileSync(path, 'utf8');
  writeFileSync(path, config.replace('halt_height = 0', `halt_height = ${height}`));
  for (let attempt = 0; attempt < 2; attempt++) {
    const node = infinetd('start', '--comet', '--home', single.home);
    expect(await node.ended).toBe(0);
    expect(node.lines.join('\n')).toContain('halts, as its configuration says');
    expect(genesisShape.parse(JSON.parse(await exported())).initial_height).toBe((height + 1n).toString());
  }
  writeFileSync(path, config);
  await single.start();
});
