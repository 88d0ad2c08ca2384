import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { z } from 'zod';
import { localnetPaths, readDescription } from './homes.ts';
import { clientNode, describeTopology, rpcUrl, type Topology } from './topology.ts';

const home = ['--home <folder>', 'the folder of the network', '.localnet'] as const;

const program = new Command('npm run localnet --')
  .description('Steers a network on this machine from another terminal.')
  .showHelpAfterError('(see npm run localnet -- --help)');

program
  .command('up')
  .description('start the network in the background, without the story')
  .option(...home)
  .option('--validators <number>', 'of a new network, 1 to 9', '4')
  .option('--port-offset <number>', 'of a new network', '0')
  .action(up);
program
  .command('down')
  .description('stop everything cleanly')
  .option(...home)
  .action(async (options: { home: string }) => {
    const topology = topologyOf(options.home);
    await ask(topology, 'POST', '/down');
    while (await isUp(topology)) await sleep(200);
    console.log('stopped');
  });
program
  .command('status')
  .description('show processes and heights')
  .option(...home)
  .action(async (options: { home: string }) => show(topologyOf(options.home)));
for (const [verb, description] of [
  ['kill', 'end one process at once, as a crash would'],
  ['restart', 'start a process again that was killed'],
] as const) {
  program
    .command(verb)
    .description(description)
    .argument('<name>', 'validator0, verifier2, indexer, services ...')
    .option(...home)
    .action(async (name: string, options: { home: string }) => {
      const topology = topologyOf(options.home);
      await ask(topology, 'POST', `/${verb}/${name}`);
      await show(topology);
    });
}
program
  .command('logs')
  .description('follow the log of one process')
  .argument('<name>', 'validator0, verifier2, indexer, services ...')
  .option(...home)
  .action((name: string, options: { home: string }) => {
    const file = localnetPaths(resolve(options.home)).logFile(name);
    if (!existsSync(file)) throw new Error(`there is no log ${file}`);
    spawn('tail', ['-n', '100', '-f', file], { stdio: 'inherit' });
  });

async function up(options: { home: string; validators: string; portOffset: string }): Promise<void> {
  const folder = resolve(options.home);
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const log = openSync(join(folder, 'logs', 'localnet.log'), 'a');
  const { validators, portOffset } = readDescription(localnetPaths(folder)) ?? options;
  const entry = fileURLToPath(new URL('main.ts', import.meta.url));
  const words = ['--no-story', '--home', folder, '--validators', `${validators}`, '--port-offset', `${portOffset}`];
  const child = spawn(process.execPath, [entry, ...words], { detached: true, stdio: ['ignore', log, log] });
  child.unref();
  const topology = describeTopology({
    validators: Number(validators),
    portOffset: Number(portOffset),
    placement: 'loopback',
  });
  for (let waited = 0; !(await isUp(topology)); waited += 500) {
    if (child.exitCode !== null || waited > 300_000) {
      throw new Error(`the network did not come up: see ${join(folder, 'logs', 'localnet.log')}`);
    }
    await sleep(500);
  }
  await show(topology);
}

function topologyOf(home: string): Topology {
  const description = readDescription(localnetPaths(resolve(home)));
  if (description === undefined) throw new Error(`there is no network in ${home}: start one with npm start`);
  return describeTopology(description);
}

const statusShape = z.object({
  processes: z.array(z.object({ name: z.string(), pid: z.number(), running: z.boolean(), log: z.string() })),
});

async function show(topology: Topology): Promise<void> {
  const { processes } = statusShape.parse(await ask(topology, 'GET', '/status'));
  for (const { name, pid, running } of processes) {
    const validator = topology.validators.find((candidate) => candidate.name === name);
    const height = validator === undefined || !running ? '' : `height ${await heightOf(rpcUrl(validator))}`;
    console.log(`${name.padEnd(12)} ${running ? 'running' : 'down   '}  pid ${String(pid).padEnd(8)} ${height}`);
  }
  console.log(`RPC ${rpcUrl(clientNode(topology))}`);
}

async function heightOf(rpc: string): Promise<string> {
  const shape = z.object({ result: z.object({ sync_info: z.object({ latest_block_height: z.string() }) }) });
  try {
    return shape.parse(await (await fetch(`${rpc}/status`)).json()).result.sync_info.latest_block_height;
  } catch {
    return 'unknown';
  }
}

async function ask(topology: Topology, method: string, path: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${topology.control.port}${path}`, { method });
  } catch (cause) {
    throw new Error('the network is not running: start it with npm start or npm run localnet -- up', { cause });
  }
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(z.object({ error: z.string() }).parse(answer).error);
  return answer;
}

async function isUp(topology: Topology): Promise<boolean> {
  try {
    await ask(topology, 'GET', '/status');
    return true;
  } catch {
    return false;
  }
}

program.parseAsync().catch((error: unknown) => {
  console.error(`localnet: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
