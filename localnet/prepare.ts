import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { localnetPaths, prepareHomes } from './homes.ts';
import { describeTopology, type TopologyOptions } from './topology.ts';

/**
 * Makes all homes of a local network without starting it: what the service `init` of docker-compose.yml runs. A folder
 * that holds a network already is left as it is.
 */
const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    placement: { type: 'string', default: 'loopback' },
    validators: { type: 'string', default: '4' },
    'port-offset': { type: 'string', default: '0' },
  },
});

async function prepare(): Promise<string> {
  const { home, placement } = values;
  if (home === undefined) throw new Error('--home is missing: the folder for the homes');
  if (placement !== 'loopback' && placement !== 'containers') {
    throw new Error(`--placement must be loopback or containers, not ${placement}`);
  }
  const options: TopologyOptions = {
    validators: Number(values.validators),
    portOffset: Number(values['port-offset']),
    placement,
  };
  const topology = describeTopology(options);
  const paths = localnetPaths(home);
  if (existsSync(paths.description)) return `${home} holds a network already: nothing to do`;
  await prepareHomes(topology, options, paths, undefined);
  return `${home} holds the homes of ${topology.validators.length} validators`;
}

try {
  console.log(await prepare());
} catch (error) {
  console.error(`prepare: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
