import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StargateClient } from '@cosmjs/stargate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, freePorts, infinetd, ready } from './node.ts';

/** What an operator types, from an empty folder to a validator that makes blocks. */
let folder: string;
let home: string;
let ports: number[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-operator-'));
  home = join(folder, 'home');
  ports = await freePorts(4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command to its end; returns its status and everything it said. */
async function run(...args: string[]): Promise<{ status: number | string; said: string }> {
  const node = infinetd(...args, '--home', home);
  const status = await node.ended;
  return { status, said: node.lines.join('\n') };
}

async function succeed(...args: string[]): Promise<string> {
  const { status, said } = await run(...args);
  if (status !== 0) throw new Error(`infinetd ${args.join(' ')} ended with ${status}: ${said}`);
  return said;
}

const at = (port: number | undefined) => `127.0.0.1:${port}`;

test('init, keys, genesis and start bring up a validator from a genesis transaction', async () => {
  const [rpc, p2p, abci, api = 0] = ports;
  const addresses = ['--rpc', at(rpc), '--p2p', at(p2p), '--abci', at(abci), '--api', at(api)];
  await succeed('init', 'alice', '--chain-id', 'operator-1', '--denom', 'utest', '--prefix', 'test', ...addresses);
  const key = JSON.parse(
    (await succeed('keys', 'add', 'val', '--keyring-backend', 'test')).split('\nThis is')[0] ?? '',
  );
  expect(key).toMatchObject({ public_test_key: true, address: expect.stringMatching(/^test1/) });

  const early = await run('genesis', 'gentx', 'val', '5000000utest');
  expect(early).toEqual({ status: 1, said: expect.stringContaining('add it first with "genesis add-account"') });
  expect(await run('start')).toEqual({ status: 1, said: expect.stringContaining('has no validators') });
  await succeed('genesis', 'add-account', 'val', '9000000utest');
  await succeed('genesis', 'gentx', 'val', '5000000utest');
  await succeed('genesis', 'collect');

  const node = infinetd('start', '--comet', '--home', home);
  await eventually('blocks', node, async () => ((await ready(api))?.ready ? true : undefined));
  const client = await StargateClient.connect(`http://${at(rpc)}`);
  expect(await client.getBalance(key.address, 'utest')).toEqual({ denom: 'utest', amount: '4000000' });
  expect((await client.getBalanceStaked(key.address))?.amount).toBe('5000000');
  client.disconnect();
  node.process.kill('SIGINT');
  expect(await node.ended).toBe(0);
});

test.each([
  ['abci.address', 2, 'infinet.toml'],
  ['api.address', 3, 'infinet.toml'],
  ['rpc.laddr', 0, 'config.toml'],
])('a taken port is named with the setting to change: %s', async (key, index, file) => {
  const port = ports[index] ?? 0;
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const { status, said } = await run('start', '--comet');
  other.close();
  expect(status).toBe(1);
  expect(said).toContain(
    `infinetd: port ${port} on 127.0.0.1 is already in use: stop what listens there, or change "${key}" in ${home}/config/${file}`,
  );
});

test('a wrong setting stops the start and is named', async () => {
  const path = join(home, 'config', 'infinet.toml');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.replace('interval_ms = 5000', 'interval_ms = -1'));
  const { status, said } = await run('start');
  writeFileSync(path, before);
  expect(status).toBe(1);
  expect(said).toContain(`${path}: oracle.interval_ms: `);
});

test('a state of another chain is not opened', async () => {
  const path = join(home, 'config', 'genesis.json');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.replace('operator-1', 'operator-2'));
  const { status, said } = await run('start');
  writeFileSync(path, before);
  expect(status).toBe(1);
  expect(said).toContain('has chain id "operator-1", expected "operator-2"');
});

test('comet passes its arguments on with the home of the node', async () => {
  const node = infinetd('comet', '--home', home, 'show-node-id');
  expect(await node.ended).toBe(0);
  expect(node.lines.join()).toMatch(/^[0-9a-f]{40}$/);
});

test('help explains each command', async () => {
  for (const command of [['init'], ['start'], ['keys', 'add'], ['genesis', 'gentx']]) {
    const node = infinetd(...command, '--help');
    expect(await node.ended).toBe(0);
    expect(node.lines.join('\n')).toContain(`Usage: infinetd ${command.join(' ')}`);
  }
});
