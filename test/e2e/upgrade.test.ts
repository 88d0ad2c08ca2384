import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toBech32 } from '@cosmjs/encoding';
import { coins } from '@cosmjs/stargate';
import { connectComet } from '@cosmjs/tendermint-rpc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureCometbft } from '../../chain/node/cometbft.ts';
import { localnetAppState } from '../../chain/node/defaultState.ts';
import { buildGenesis, writeGenesis } from '../../chain/node/genesis.ts';
import { initHome } from '../../chain/node/home.ts';
import { type NodeIdentity, testSeeds } from '../../chain/node/nodeKeys.ts';
import { homePaths } from '../../chain/node/paths.ts';
import { upgradeQuery } from '../../sdk/codec/index.ts';
import { eventually, freePorts, headerAppHash, type RunningNode, ready, running } from './node.ts';

/** Two validators, neither of which makes a block without the other, and two versions of the software. */
interface Validator {
  readonly home: string;
  readonly ports: Readonly<Record<'abci' | 'api' | 'rpc' | 'p2p' | 'grpc' | 'rest', number>>;
}

const folder = mkdtempSync(join(tmpdir(), 'infinet-upgrade-'));
const planHeight = 8n;
const validators: Validator[] = [];
const started = new Set<RunningNode>();

type Version = 'before' | 'after';

function run(version: Version, { home }: Validator, command: string, ...flags: string[]): RunningNode {
  const program = fileURLToPath(new URL(`upgrade/${version}.ts`, import.meta.url));
  const args = [program, command, ...flags, '--home', home];
  const node = running(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  started.add(node);
  void node.ended.then(() => started.delete(node));
  return node;
}

const start = (version: Version, validator: Validator, ...flags: string[]) =>
  run(version, validator, 'start', '--comet', ...flags);

function untilHeight(node: RunningNode, { ports }: Validator, height: bigint): Promise<bigint> {
  return eventually(`height ${height}`, node, async () => {
    const now = await ready(ports.api);
    return now !== undefined && now.height >= height ? now.height : undefined;
  });
}

async function stop(node: RunningNode): Promise<void> {
  node.process.kill('SIGTERM');
  await node.ended;
}

/** What a node says last that ends with status 1. */
async function refusal(node: RunningNode): Promise<string> {
  const status = await Promise.race([node.ended, pause(60_000, 'it runs on', { ref: false })]);
  expect(status, node.lines.join('\n')).toBe(1);
  const last = node.lines.findLast((line) => line.startsWith('infinetd: '));
  expect(last, node.lines.join('\n')).toBeDefined();
  return last ?? '';
}

async function abciQuery({ ports }: Validator, path: string, data: Uint8Array) {
  const comet = await connectComet(`http://127.0.0.1:${ports.rpc}`);
  try {
    return await comet.abciQuery({ path, data });
  } finally {
    comet.disconnect();
  }
}

/** A committed value; empty where the store has none, undefined where there is no such store. */
async function stored(validator: Validator, store: string, key: string): Promise<string | undefined> {
  const { code, value } = await abciQuery(validator, `/store/${store}/key`, Buffer.from(key, 'latin1'));
  return code === 0 ? Buffer.from(value).toString('utf8') : undefined;
}

beforeAll(async () => {
  const operator = (index: number) => new Uint8Array(20).fill(index + 1);
  const identities: NodeIdentity[] = [];
  for (const [index, name] of ['north', 'south'].entries()) {
    const [abci = 0, api = 0, rpc = 0, p2p = 0, grpc = 0, rest = 0] = await freePorts(6);
    const home = join(folder, name);
    const first = validators[0];
    const peers = first === undefined ? [] : [`${identities[0]?.nodeId}@127.0.0.1:${first.ports.p2p}`];
    const at = (port: number) => `127.0.0.1:${port}`;
    identities.push(
      await initHome({
        home,
        moniker: name,
        cometbft: await ensureCometbft(),
        seeds: testSeeds(`upgrade ${index}`),
        comet: {
          rpc: at(rpc),
          p2p: at(p2p),
          persistentPeers: peers,
          local: true,
          timeoutCommitMs: 200,
          logLevel: 'error',
        },
        config: { abci: at(abci), api: at(api), grpc: at(grpc), rest: at(rest), invariantPeriod: 1 },
      }),
    );
    validators.push({ home, ports: { abci, api, rpc, p2p, grpc, rest } });
  }
  const genesis = buildGenesis({
    chainId: 'upgrade-1',
    prefix: 'infinet',
    denom: 'uinf',
    accounts: identities.map((_, index) => ({
      address: toBech32('infinet', operator(index)),
      coins: coins('5000000', 'uinf'),
    })),
    validators: identities.map((identity, index) => ({
      moniker: `v${index}`,
      account: operator(index),
      publicKey: identity.validatorPublicKey,
      tokens: 5_000_000n,
      vrfPublicKey: identity.vrfPublicKey,
    })),
    modules: {
      ...localnetAppState('uinf'),
      staying: { plan: { name: 'v2', height: planHeight.toString() } },
    },
  });
  for (const { home } of validators) writeGenesis(homePaths(home).genesis, genesis);
});

afterAll(async () => {
  await Promise.all([...started].map(stop));
  rmSync(folder, { recursive: true, force: true });
});

test('two validators halt at the height of the plan and go on with the next version, whose stores and versions are new', async () => {
  const [north, south] = validators;
  if (north === undefined || south === undefined) throw new Error('there are two validators');
  const halting = [start('before', north), start('before', south)] as const;
  await untilHeight(halting[1], south, 2n);

  // One operator is too eager; the chain waits for them.
  await stop(halting[1]);
  expect(await refusal(start('after', south))).toBe(
    'infinetd: BINARY UPDATED BEFORE TRIGGER! UPGRADE "v2" - in binary but not executed on chain. Downgrade your binary',
  );
  const again = start('before', south);

  // Neither leaves the other waiting for its votes.
  const needed = `infinetd: UPGRADE "v2" NEEDED at height: ${planHeight}: take the new one`;
  expect(await refusal(halting[0])).toBe(needed);
  expect(await refusal(again)).toBe(needed);
  for (const { home } of validators) {
    const info: unknown = JSON.parse(readFileSync(join(home, 'data', 'upgrade-info.json'), 'utf8'));
    expect(info).toEqual({ name: 'v2', height: Number(planHeight), info: 'take the new one' });
  }
  // The old software gets no further however often it is started.
  expect(await refusal(start('before', south))).toBe(needed);

  const nodes = [start('after', north), start('after', south)] as const;
  const height = await untilHeight(nodes[0], north, planHeight + 2n);
  await untilHeight(nodes[1], south, planHeight + 2n);
  expect(nodes[0].lines.join('\n')).toContain(`applying upgrade \\"v2\\" at height: ${planHeight}`);
  expect(await headerAppHash(north.ports.rpc, height - 1n)).toBe(await headerAppHash(south.ports.rpc, height - 1n));

  const { value } = await abciQuery(
    north,
    '/cosmos.upgrade.v1beta1.Query/AppliedPlan',
    upgradeQuery.QueryAppliedPlanRequest.encode({ name: 'v2' }).finish(),
  );
  expect(upgradeQuery.QueryAppliedPlanResponse.decode(value).height).toBe(planHeight);
  const { value: versions } = await abciQuery(
    north,
    '/cosmos.upgrade.v1beta1.Query/ModuleVersions',
    upgradeQuery.QueryModuleVersionsRequest.encode({ moduleName: 'staying' }).finish(),
  );
  expect(upgradeQuery.QueryModuleVersionsResponse.decode(versions).moduleVersions[0]?.version).toBe(2n);
  expect(await stored(north, 'staying', 'na')).toBe('FIRST');
  expect(await stored(north, 'arriving', 'key')).toBe('new');
  expect(await stored(north, 'departing', 'key')).toBeUndefined();

  // The other operator is too late with the old software, and nothing is lost by it.
  await stop(nodes[1]);
  expect(await refusal(start('before', south))).toBe(
    'infinetd: wrong app version 0, upgrade handler is missing for v2 upgrade plan: this software is older than the state',
  );
  const verified = run('after', south, 'verify', '--no-comet');
  expect(await verified.ended, verified.lines.join('\n')).toBe(0);
  await untilHeight(start('after', south), south, height + 2n);
});
