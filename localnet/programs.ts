import { fileURLToPath } from 'node:url';
import type { LocalnetPaths } from './homes.ts';
import { testAddress } from './keys.ts';
import type { ProcessSpec } from './processes.ts';
import { clientNode, httpUrl, rpcUrl, type Topology, type ValidatorTopology } from './topology.ts';

/** Entry files of the programs, relative to this one, so that it does not matter where the network is started from. */
function entry(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

export interface Environment {
  readonly cometbft: string;
  /** Connection string of the indexer's database, and of the verifiers' unless theirs is another. */
  readonly databaseUrl: string;
  readonly verifierDatabaseUrl?: string;
}

/** Price file, faucet and artifacts; started first, since nodes ask for prices and verifiers for artifacts. */
export function servicesProgram(topology: Topology, paths: LocalnetPaths): ProcessSpec {
  const { services, artifacts, listen } = topology;
  const options: Record<string, string> = {
    listen,
    port: `${services.port}`,
    'artifacts-port': `${artifacts.port}`,
    'artifacts-folder': paths.artifacts,
    'price-file': paths.priceFile,
    rpc: rpcUrl(clientNode(topology)),
    prefix: topology.prefix,
    denom: topology.denom,
  };
  return {
    name: 'services',
    command: [entry('services.ts'), ...flags(options)],
    logFile: paths.logFile('services'),
    readyUrl: httpUrl(services, '/health'),
  };
}

/** An infinetd that runs its own CometBFT: two processes that live and die together. */
export function validatorProgram(
  validator: ValidatorTopology,
  paths: LocalnetPaths,
  environment: Environment,
): ProcessSpec {
  return {
    name: validator.name,
    command: [entry('../chain/main.ts'), 'start', '--comet', '--home', paths.validatorHome(validator.index)],
    environment: { COMETBFT_BIN: environment.cometbft },
    logFile: paths.logFile(validator.name),
    readyUrl: `http://${validator.host}:${validator.ports.api}/ready`,
  };
}

export async function verifierProgram(
  topology: Topology,
  validator: ValidatorTopology,
  paths: LocalnetPaths,
  environment: Environment,
): Promise<ProcessSpec> {
  const { name, host, port } = validator.verifier;
  const options: Record<string, string> = {
    operator: await testAddress(`validator${validator.index}`, topology.prefix),
    home: paths.verifierHome(validator.index),
    rpc: rpcUrl(validator),
    listen: `${topology.listen}:${port}`,
    denom: topology.denom,
  };
  return {
    name,
    command: [entry('../verifier/main.ts'), 'start', ...flags(options)],
    environment: { VERIFIER_DATABASE_URL: environment.verifierDatabaseUrl ?? environment.databaseUrl },
    logFile: paths.logFile(name),
    readyUrl: `http://${host}:${port}/ready`,
  };
}

export function indexerProgram(topology: Topology, paths: LocalnetPaths, environment: Environment): ProcessSpec {
  const options: Record<string, string> = {
    rpc: rpcUrl(clientNode(topology)),
    listen: `${topology.listen}:${topology.indexer.port}`,
  };
  return {
    name: 'indexer',
    command: [entry('../indexer/main.ts'), ...flags(options)],
    environment: { INDEXER_DATABASE_URL: environment.databaseUrl },
    logFile: paths.logFile('indexer'),
    readyUrl: httpUrl(topology.indexer, '/ready'),
  };
}

function flags(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}
