import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { COMETBFT_VERSION } from '../chain/node/cometbft.ts';
import { type LocalnetPaths, localnetPaths } from './homes.ts';
import type { ProcessSpec } from './processes.ts';
import { indexerProgram, servicesProgram, validatorProgram, verifierProgram } from './programs.ts';
import { clientNode, describeTopology, type Topology, type ValidatorTopology } from './topology.ts';

const images = {
  node: 'node:24',
  cometbft: `cometbft/cometbft:v${COMETBFT_VERSION}`,
  postgres: 'postgres:18',
} as const;

/** The user `node` of the Node image: nothing but `init` runs as root, and all homes belong to this one. */
const user = '1000:1000';

/** Where the volumes are mounted: a copy of this repository with its dependencies, and the homes of all programs. */
const volumes = { app: '/app', localnet: '/localnet' } as const;

/** Public like the keys of this network: the database listens on the containers' network only. */
const database = { name: 'infinet', user: 'infinet', password: 'public-test-password' } as const;

/** A service of the Compose specification, with the keys in the order in which people read them. */
type Service = Readonly<Record<string, unknown>>;

const header = `# Made by "npm run compose" from localnet/topology.ts: change it there.
# A local network with PUBLIC TEST KEYS; only this machine reaches its ports. See localnet/README.md.

`;

/** The text of docker-compose.yml: the same programs as \`npm start\` runs, each in a container of a public image. */
export async function composeFile(topology: Topology): Promise<string> {
  const paths = localnetPaths(volumes.localnet);
  const services: Record<string, Service> = {
    init: initService(topology),
    [topology.postgres.host]: postgresService(topology),
    [topology.services.host]: {
      ...program(servicesProgram(topology, paths), { init: 'service_completed_successfully' }),
      ports: [published(topology.services.port), published(topology.artifacts.port)],
      networks: { default: { aliases: [topology.artifacts.host] } },
    },
  };
  for (const validator of topology.validators) {
    services[validator.name] = validatorService(validator, paths);
    services[`${validator.name}-cometbft`] = cometbftService(topology, validator, paths);
    services[validator.verifier.name] = program(
      await verifierProgram(topology, validator, paths, { cometbft: '', databaseUrl: databaseUrl(topology) }),
      { [topology.postgres.host]: 'service_healthy', [validator.name]: 'service_healthy' },
    );
  }
  services[topology.indexer.host] = indexerService(topology, paths);
  const file = { services, volumes: { app: {}, localnet: {}, postgres: {} } };
  return header + stringify(file, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}

/** Copies this repository, installs its dependencies and makes all homes, once. */
function initService(topology: Topology): Service {
  return {
    image: images.node,
    command: ['sh', '/source/localnet/containers.sh', `${topology.validators.length}`],
    volumes: ['.:/source:ro', `app:${volumes.app}`, `localnet:${volumes.localnet}`],
  };
}

function postgresService(topology: Topology): Service {
  const { port } = topology.postgres;
  return {
    image: images.postgres,
    command: ['postgres', '-p', `${port}`],
    environment: { POSTGRES_DB: database.name, POSTGRES_USER: database.user, POSTGRES_PASSWORD: database.password },
    // The image keeps its clusters under this folder from version 18 on.
    volumes: ['postgres:/var/lib/postgresql'],
    healthcheck: healthcheck(['pg_isready', '--username', database.user, '--port', `${port}`]),
    restart: 'unless-stopped',
  };
}

/** An infinetd. Its CometBFT is a container of its own in the same network namespace, as the two share one host. */
function validatorService(validator: ValidatorTopology, paths: LocalnetPaths): Service {
  const spec = validatorProgram(validator, paths, { cometbft: '', databaseUrl: '' });
  const command = spec.command.filter((word) => word !== '--comet');
  const service = program({ ...spec, command, environment: undefined }, { init: 'service_completed_successfully' });
  return validator.servesClients
    ? { ...service, ports: [validator.ports.rpc, validator.ports.grpc, validator.ports.rest].map(published) }
    : service;
}

function cometbftService(topology: Topology, validator: ValidatorTopology, paths: LocalnetPaths): Service {
  // CometBFT looks its peers up once, when it starts: their names must exist by then.
  const peers = topology.validators.map(({ name }) => [name, { condition: 'service_started' }]);
  return {
    image: images.cometbft,
    user,
    network_mode: `service:${validator.name}`,
    // The image's own entry point would make a home of its own.
    entrypoint: ['cometbft'],
    command: ['start', '--home', paths.validatorHome(validator.index)],
    volumes: [`localnet:${volumes.localnet}`],
    depends_on: Object.fromEntries(peers),
    restart: 'unless-stopped',
  };
}

function indexerService(topology: Topology, paths: LocalnetPaths): Service {
  const spec = indexerProgram(topology, paths, { cometbft: '', databaseUrl: databaseUrl(topology) });
  return {
    ...program(spec, { [topology.postgres.host]: 'service_healthy', [clientNode(topology).name]: 'service_healthy' }),
    ports: [published(topology.indexer.port)],
  };
}

function databaseUrl({ postgres: { host, port } }: Topology): string {
  return `postgres://${database.user}:${database.password}@${host}:${port}/${database.name}`;
}

/** A program of this repository, run from the copy that `init` made. */
function program(spec: ProcessSpec, dependsOn: Readonly<Record<string, string>>): Service {
  const [entry = '', ...options] = spec.command;
  const root = fileURLToPath(new URL('..', import.meta.url));
  const probe = 'fetch(process.argv[1]).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))';
  return {
    image: images.node,
    user,
    working_dir: volumes.app,
    command: ['node', relative(root, entry), ...options],
    ...(spec.environment === undefined ? {} : { environment: spec.environment }),
    volumes: [`app:${volumes.app}:ro`, `localnet:${volumes.localnet}`],
    depends_on: Object.fromEntries(Object.entries(dependsOn).map(([name, condition]) => [name, { condition }])),
    ...(spec.readyUrl === undefined ? {} : { healthcheck: healthcheck(['node', '-e', probe, spec.readyUrl]) }),
    restart: 'unless-stopped',
  };
}

function healthcheck(command: readonly string[]): Service {
  return { test: ['CMD', ...command], interval: '3s', timeout: '5s', retries: 60 };
}

/** Nothing is reached from other machines. */
function published(port: number): string {
  return `127.0.0.1:${port}:${port}`;
}

if (import.meta.main) {
  const topology = describeTopology({ validators: 4, portOffset: 0, placement: 'containers' });
  writeFileSync(new URL('../docker-compose.yml', import.meta.url), await composeFile(topology));
}
