import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StargateClient } from '@cosmjs/stargate';
import { afterAll, expect, test } from 'vitest';
import { eventually, freePorts, infinetd, ready } from './node.ts';

const folder = mkdtempSync(join(tmpdir(), 'infinet-sdk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixture = (name: string) => fileURLToPath(new URL(`../../chain/node/testing/${name}`, import.meta.url));

/** A real `simd`, where one was built: `shared/peers/simd`. */
const simd = process.env.SIMD ?? join(homedir(), '.cache', 'infinet', 'simd');

async function succeed(...args: string[]): Promise<string> {
  const run = infinetd(...args);
  const status = await run.ended;
  if (status !== 0) throw new Error(`infinetd ${args.join(' ')}: ${run.lines.join('\n')}`);
  return run.lines.join('\n');
}

test('a chain starts from a genesis that simd made, in the form that simd wrote it, and makes blocks', async () => {
  const home = join(folder, 'home');
  const [abci, api = 0, rpc, p2p, grpc, rest] = await freePorts(6);
  const ports = { abci, api, rpc, p2p, grpc, rest };
  const listen = Object.entries(ports).flatMap(([name, port]) => [`--${name}`, `127.0.0.1:${port}`]);
  await succeed(
    'init',
    'val',
    '--chain-id',
    'sdk-1',
    '--prefix',
    'cosmos',
    '--denom',
    'stake',
    ...listen,
    '--home',
    home,
  );
  copyFileSync(fixture('simdGenesis.json'), join(home, 'config', 'genesis.json'));
  copyFileSync(fixture('simdValidatorKey.json'), join(home, 'config', 'priv_validator_key.json'));
  const node = infinetd('start', '--comet', '--home', home);
  await eventually('blocks', node, async () => {
    const now = await ready(api);
    return now !== undefined && now.height >= 2n ? now : undefined;
  });
  const client = await StargateClient.connect(`http://127.0.0.1:${rpc}`);
  const account = 'cosmos13ajww3qe6k42ukm8cy4lxnmqagnu0w84wd3w6g';
  expect(await client.getBalance(account, 'stake')).toEqual({ denom: 'stake', amount: '500000000' });
  expect(await client.getBalanceStaked(account)).toEqual({ denom: 'stake', amount: '500000000' });
  client.disconnect();
  node.process.kill('SIGTERM');
  expect(await node.ended).toBe(0);
  // The file whose hash people have compared stays beside the one that CometBFT reads.
  const original = readFileSync(join(home, 'config', 'genesis.sdk.json'), 'utf8');
  expect(original).toBe(readFileSync(fixture('simdGenesis.json'), 'utf8'));
});

test.skipIf(!existsSync(simd))(
  'simd takes a genesis transaction of ours: its bytes, its signature, and into a genesis',
  async () => {
    const home = join(folder, 'ours');
    const sdk = join(folder, 'simd');
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(simd, [...args, '--home', sdk], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`simd ${args.join(' ')}: ${stderr}`);
      return `${stdout}${stderr}`;
    };
    await succeed('init', 'val', '--chain-id', 'c-1', '--prefix', 'cosmos', '--denom', 'stake', '--home', home);
    const key = await succeed('keys', 'add', 'val', '--keyring-backend', 'test', '--home', home);
    const address = /"address": "(\w+)"/.exec(key)?.[1] ?? '';
    await succeed('genesis', 'add-account', 'val', '1000000000stake', '--home', home);
    await succeed('genesis', 'gentx', 'val', '500000000stake', '--home', home);
    const gentxs = join(home, 'config', 'gentx');
    const [gentx = ''] = readdirSync(gentxs);
    const offline = ['--offline', '--account-number', '0', '--sequence', '0'];
    expect(run('tx', 'validate-signatures', join(gentxs, gentx), '--chain-id', 'c-1', ...offline)).toContain('[OK]');
    run('init', 'x', '--chain-id', 'c-1');
    run('genesis', 'add-genesis-account', address, '1000000000stake');
    run('genesis', 'collect-gentxs', '--gentx-dir', gentxs);
    expect(run('genesis', 'validate')).toContain('is a valid genesis file');
    expect(await succeed('genesis', 'validate', join(sdk, 'config', 'genesis.json'))).toContain('"valid": true');
  },
);
