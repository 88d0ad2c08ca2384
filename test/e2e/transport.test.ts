import { readFileSync, writeFileSync } from 'node:fs';
import { coins } from '@cosmjs/stargate';
import { afterAll, expect, test } from 'vitest';
import { homePaths } from '../../chain/node/paths.ts';
import { denom, SingleNode } from './singleNode.ts';

let single: SingleNode;

afterAll(() => single?.remove());

test('one chain lives on when its CometBFT changes from the socket to gRPC, and reports on clock, disk and Node', async () => {
  single = await SingleNode.create('transport');
  await single.start();
  const fee = { amount: coins(2000, denom), gas: '200000' };
  const send = () => single.client.sendTokens(single.sender, single.sender, coins(1, denom), fee);
  expect((await send()).code).toBe(0);
  single.node.process.kill('SIGTERM');
  expect(await single.node.ended).toBe(0);

  const path = homePaths(single.home).config;
  writeFileSync(path, readFileSync(path, 'utf8').replace('transport = "socket"', 'transport = "grpc"'));
  await single.start();
  expect(single.node.lines.some((line) => line.includes('"transport":"grpc"'))).toBe(true);
  expect((await send()).code).toBe(0);
  await single.blocks(6n);

  const metrics = await (await fetch(`http://127.0.0.1:${single.ports.api}/metrics`)).text();
  expect(Number(/^infinetd_disk_free_bytes (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
  expect(Math.abs(Number(/^infinetd_clock_skew_seconds (\S+)$/m.exec(metrics)?.[1]))).toBeLessThan(10);
  const info = await (await fetch(`http://127.0.0.1:${single.ports.rpc}/abci_info`)).text();
  expect(info).toContain(`+node.${process.versions.node}"`);

  single.node.process.kill('SIGTERM');
  expect(await single.node.ended).toBe(0);
});
