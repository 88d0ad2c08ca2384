import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeGenesis } from '../chain/node/genesis.ts';
import { initHome } from '../chain/node/home.ts';
import {
  consensusAddress,
  ed25519PublicKey,
  type NodeIdentity,
  type NodeKeySeeds,
  testSeeds,
} from '../chain/node/nodeKeys.ts';
import { homePaths } from '../chain/node/paths.ts';
import { initVerifierHome } from '../verifier/home.ts';
import { localGenesis } from './genesis.ts';
import { testPrivateKey, testVrfSeed } from './keys.ts';
import { writeStoryData } from './story/data.ts';
import { httpUrl, type Topology, type TopologyOptions, type ValidatorTopology } from './topology.ts';

/** Where things lie in the folder of a local network. */
export interface LocalnetPaths {
  readonly folder: string;
  readonly validatorHome: (index: number) => string;
  readonly verifierHome: (index: number) => string;
  /** Served over HTTP: the story's data under `story/`, trainers' runs under `runs/`. */
  readonly artifacts: string;
  readonly priceFile: string;
  readonly postgres: string;
  readonly logFile: (name: string) => string;
  /** Written last: a folder without it is not complete. */
  readonly description: string;
  readonly storyFile: string;
}

export function localnetPaths(folder: string): LocalnetPaths {
  return {
    folder,
    validatorHome: (index) => join(folder, `validator${index}`),
    verifierHome: (index) => join(folder, `verifier${index}`),
    artifacts: join(folder, 'artifacts'),
    priceFile: join(folder, 'price.json'),
    postgres: join(folder, 'postgres'),
    logFile: (name) => join(folder, 'logs', `${name}.log`),
    description: join(folder, 'localnet.json'),
    storyFile: join(folder, 'story.json'),
  };
}

const descriptionShape = z.object({
  format: z.literal(1),
  validators: z.number(),
  portOffset: z.number(),
  placement: z.enum(['loopback', 'containers']),
});

/** The options that the network in this folder was made with; undefined for a folder without one. */
export function readDescription(paths: LocalnetPaths): TopologyOptions | undefined {
  if (!existsSync(paths.description)) return undefined;
  const parsed = descriptionShape.safeParse(JSON.parse(readFileSync(paths.description, 'utf8')));
  if (!parsed.success) throw new Error(`${paths.description} is not a network of this version: start with --fresh`);
  const { validators, portOffset, placement } = parsed.data;
  return { validators, portOffset, placement };
}

/** Makes the homes of every process, the genesis and the story's data. An interrupted attempt must be deleted before. */
export async function prepareHomes(
  topology: Topology,
  options: TopologyOptions,
  paths: LocalnetPaths,
  cometbft: string | undefined,
): Promise<void> {
  mkdirSync(paths.folder, { recursive: true });
  const data = writeStoryData(join(paths.artifacts, 'story'));
  writeFileSync(paths.priceFile, `${JSON.stringify({ BTC: '97250.50' }, undefined, 2)}\n`);
  const identities: NodeIdentity[] = [];
  for (const validator of topology.validators) {
    const home = paths.validatorHome(validator.index);
    identities.push(await makeHome(topology, validator, home, cometbft));
  }
  const genesis = await localGenesis(topology, identities, data);
  for (const { index } of topology.validators) {
    writeGenesis(homePaths(paths.validatorHome(index)).genesis, genesis);
    const verifierSeeds = { workerKey: testPrivateKey(`worker${index}`), vrfSeed: testVrfSeed(index) };
    initVerifierHome(paths.verifierHome(index), verifierSeeds);
  }
  writeFileSync(`${paths.description}.draft`, `${JSON.stringify({ format: 1, ...options }, undefined, 2)}\n`);
  renameSync(`${paths.description}.draft`, paths.description);
}

function makeHome(
  topology: Topology,
  validator: ValidatorTopology,
  home: string,
  cometbft: string | undefined,
): Promise<NodeIdentity> {
  const { listen } = topology;
  const at = (port: number) => `${listen}:${port}`;
  return initHome({
    home,
    moniker: validator.name,
    cometbft,
    seeds: seedsOf(validator.name),
    comet: {
      rpc: at(validator.ports.rpc),
      p2p: at(validator.ports.p2p),
      persistentPeers: peersOf(topology, validator.index),
      timeoutCommitMs: 500,
      indexer: validator.servesClients ? 'kv' : 'null',
      local: true,
      logLevel: 'error',
      // Browsers on this machine may talk to the node that serves clients.
      more: validator.servesClients
        ? { rpc: { cors_allowed_origins: ['http://127.0.0.1:*', 'http://localhost:*'] } }
        : {},
    },
    config: {
      abci: at(validator.ports.abci),
      api: at(validator.ports.api),
      ...(validator.servesClients
        ? {
            grpc: at(validator.ports.grpc),
            rest: at(validator.ports.rest),
            corsOrigins: ['http://127.0.0.1:*', 'http://localhost:*'],
          }
        : {}),
      logLevel: 'info',
      minimumGasPrices: `0.001${topology.denom}`,
      oracleIntervalMs: 2000,
      prices: [{ symbol: 'BTC', sources: [{ url: httpUrl(topology.services, '/price'), pointer: '/BTC' }] }],
    },
  });
}

/** `<node id>@host:port` of every other node; the ids follow from the public test seeds. */
function peersOf(topology: Topology, index: number): string[] {
  const others = topology.validators.filter((other) => other.index !== index);
  return others.map(({ name, host, ports }) => {
    const nodeId = consensusAddress(ed25519PublicKey(seedsOf(name).node));
    return `${Buffer.from(nodeId).toString('hex')}@${host}:${ports.p2p}`;
  });
}

function seedsOf(name: string): NodeKeySeeds {
  return testSeeds(`localnet ${name}`);
}
