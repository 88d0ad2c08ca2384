import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** What a command prints, without what it tells people. Throws with all that it said when it fails. */
async function command(...args: string[]): Promise<string> {
  const run = infinetd(...args, '--home', single.home);
  const status = await run.ended;
  if (status !== 0) throw new Error(run.lines.join('\n'));
  const from = run.lines.findIndex((line) => /^[[{]/.test(line));
  const to = run.lines.findLastIndex((line) => /^[\]}]/.test(line));
  return run.lines.slice(from, to + 1).join('\n');
}

const exported = (...flags: string[]) => command('export', ...flags);

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

  // The same home begins again from it; what it holds is deleted only with leave.
  const file = join(backup, 'genesis.json');
  writeFileSync(file, JSON.stringify(genesis));
  await expect(command('import', file)).rejects.toThrow('holds blocks or state, and nobody can be asked');
  expect(JSON.parse(await command('import', file, '--delete-state'))).toMatchObject({
    initial_height: first.toString(),
    own: { power: '500000' },
  });
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

test('a state comes back from a snapshot that went through a file, and the chain goes on', async () => {
  const { height } = z.object({ height: z.string() }).parse(JSON.parse(await command('snapshot', 'create')));
  const file = join(backup, 'snapshot.tar.gz');
  await command('snapshot', 'dump', height, '--output', file);
  await command('snapshot', 'delete', height);
  expect(JSON.parse(await command('snapshot', 'load', file))).toMatchObject({ height });
  expect(JSON.parse(await command('snapshot', 'list'))).toHaveLength(1);
  // A restore that fails leaves the state that was there.
  const wrong = command('snapshot', 'restore', height, '--delete-state', '--app-hash', '00'.repeat(32));
  await expect(wrong).rejects.toThrow('left the state as it was');
  await command('verify');
  expect(JSON.parse(await command('snapshot', 'restore', height, '--delete-state'))).toMatchObject({ height });
  await single.start();
  const now = await ready(single.ports.api);
  expect(now?.height).toBeGreaterThanOrEqual(BigInt(height));
  await stop();
});

test('a chain begins at height 1 with a state that was exported for it', async () => {
  const chainId = 'export-2';
  const operators = z
    .object({
      app_state: z.object({ staking: z.object({ validators: z.array(z.object({ operator_address: z.string() })) }) }),
    })
    .parse(JSON.parse(await exported()))
    .app_state.staking.validators.map(({ operator_address }) => operator_address);
  await expect(exported('--jail-allowed-addrs', 'x')).rejects.toThrow('only with --for-zero-height');
  await expect(exported('--for-zero-height', '--jail-allowed-addrs', 'x')).rejects.toThrow('there are no validators x');
  const file = join(backup, 'zero.json');
  const flags = ['--chain-id', chainId, '--jail-allowed-addrs', operators.join(','), '--output-document', file];
  await exported('--for-zero-height', ...flags);
  const genesis = readFileSync(file, 'utf8');
  expect(genesisShape.parse(JSON.parse(genesis)).initial_height).toBe('1');
  const report = z.object({ notes: z.array(z.string()) });
  const kept = report.parse(JSON.parse(await command('import', file, '--delete-state')));
  expect(kept.notes.join()).toContain('import again with --reset-signing');
  report.parse(JSON.parse(await command('import', file, '--reset-signing')));
  await single.start();
  const fee = { amount: coins('2000', denom), gas: '200000' };
  expect((await single.client.sendTokens(single.sender, single.sender, coins('5', denom), fee)).code).toBe(0);
  expect(await single.client.getChainId()).toBe(chainId);
  await stop();
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
