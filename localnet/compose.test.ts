import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeFile } from './compose.ts';
import { describeTopology, portsOf, type Topology } from './topology.ts';

interface Service {
  image: string;
  user?: string;
  command?: string[];
  ports?: string[];
  network_mode?: string;
  depends_on?: Record<string, unknown>;
  networks?: { default: { aliases: string[] } };
}

const topology = describeTopology({ validators: 4, portOffset: 0, placement: 'containers' });

async function servicesOf(description: Topology): Promise<Map<string, Service>> {
  const file: { services: Record<string, Service> } = parse(await composeFile(description));
  return new Map(Object.entries(file.services));
}

test('docker-compose.yml is what the topology says', async () => {
  const committed = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8');
  expect(await composeFile(topology)).toBe(committed);
});

test('every host of the topology is a container or an alias of one', async () => {
  const services = await servicesOf(topology);
  const reachable = new Set(
    [...services].flatMap(([name, service]) => [name, ...(service.networks?.default.aliases ?? [])]),
  );
  const hosts = [
    ...topology.validators.flatMap((validator) => [validator.host, validator.verifier.host]),
    ...[topology.services, topology.artifacts, topology.postgres, topology.indexer].map(({ host }) => host),
  ];
  expect(hosts.filter((host) => !reachable.has(host))).toEqual([]);
});

test('each validator is an infinetd and a CometBFT that share one network namespace', async () => {
  const services = await servicesOf(topology);
  for (const { name } of topology.validators) {
    expect(services.get(name)?.command).toContain('chain/main.ts');
    expect(services.get(name)?.command).not.toContain('--comet');
    expect(services.get(`${name}-cometbft`)).toMatchObject({
      network_mode: `service:${name}`,
      entrypoint: ['cometbft'],
    });
  }
});

test('ports are published on this machine alone, and only those of clients', async () => {
  const published = [...(await servicesOf(topology)).values()].flatMap(({ ports }) => ports ?? []);
  expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  const known = portsOf(topology);
  const uses = published.map((port) => known.find((entry) => `${entry.port}` === port.split(':')[2])?.use);
  expect(uses.sort()).toEqual([
    'artifacts',
    'indexer and GraphQL',
    'price file and faucet',
    'validator0 REST',
    'validator0 RPC',
    'validator0 gRPC',
  ]);
});

test('programs run as an ordinary user and wait only for containers that exist', async () => {
  const services = await servicesOf(topology);
  for (const [name, service] of services) {
    expect(Object.keys(service.depends_on ?? {}).filter((needed) => !services.has(needed))).toEqual([]);
    if (name !== 'init' && !service.image.startsWith('postgres:')) expect(service.user, name).toBe('1000:1000');
  }
});

test.each([1, 9])('a network of %i validators has as many of each container', async (validators) => {
  const services = await servicesOf(describeTopology({ validators, portOffset: 100, placement: 'containers' }));
  const names = [...services.keys()];
  for (const kind of [/^validator\d$/, /^validator\d-cometbft$/, /^verifier\d$/]) {
    expect(names.filter((name) => kind.test(name))).toHaveLength(validators);
  }
});
