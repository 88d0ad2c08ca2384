import { writeFileSync } from 'node:fs';
import { coins, type StdFee } from '@cosmjs/stargate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { homePaths } from '../../chain/node/paths.ts';
import { headerAppHash, infinetd, ready } from './node.ts';
import { denom, SingleNode } from './singleNode.ts';

const fee: StdFee = { amount: coins(2000, denom), gas: '200000' };

let single: SingleNode;

beforeAll(async () => {
  single = await SingleNode.create('rollback');
  await single.start();
});

afterAll(() => single?.remove());

async function stop(): Promise<bigint> {
  const height = (await ready(single.ports.api))?.height ?? 0n;
  single.node.process.kill('SIGTERM');
  await single.node.ended;
  return height;
}

async function command(...args: string[]): Promise<{ status: number | string; output: string }> {
  const run = infinetd(...args, '--home', single.home);
  const status = await run.ended;
  return { status, output: run.lines.join('\n') };
}

test.each([1, 4, 10])('a node takes %i blocks back with their extended commits, and makes new ones', async (blocks) => {
  await single.blocks(12n);
  const height = await stop();
  const { status, output } = await command('rollback', '--blocks', String(blocks));
  expect(output).toMatch(/"height": "\d+"/);
  expect(status).toBe(0);
  const back = BigInt(/"height": "(\d+)"/.exec(output)?.[1] ?? 0);
  expect(back).toBeGreaterThanOrEqual(height - BigInt(blocks));
  expect(back).toBeLessThanOrEqual(height + 1n - BigInt(blocks));
  // The only validator of its chain has to sign these heights again; with peers it would take their blocks instead.
  writeFileSync(homePaths(single.home).validatorState, '{"height":"0","round":0,"step":0}');
  await single.start();
  await single.blocks(BigInt(blocks) + 2n);
  const sent = await single.client.sendTokens(single.sender, single.sender, coins(1, denom), fee);
  expect(sent.code).toBe(0);
  const now = await ready(single.ports.api);
  expect(await headerAppHash(single.ports.rpc, now?.height ?? 0n)).toBeDefined();
});

test('a rollback of more blocks than are possible is refused in one sentence', async () => {
  await stop();
  const { status, output } = await command('rollback', '--blocks', '11');
  expect(status).toBe(1);
  expect(output).toContain('from 1 to 10');
});
