import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../cli/until.ts';
import { clientNode, describeTopology, type Topology } from '../../localnet/topology.ts';
import { ready } from './node.ts';
import { freeOffset } from './sharedNetwork.ts';

/** `npm start` as a person meets it: a process in a terminal, with one validator to keep it cheap. */
interface Started {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** Exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
}

const main = fileURLToPath(new URL('../../localnet/main.ts', import.meta.url));

/** Every process that comes of a start inherits this, by which orphans are found. */
const mark = `INFINET_TEST_MARK=${randomUUID()}`;

let folder: string;
let portOffset: number;
let topology: Topology;
/** Height that an earlier start came to. */
let reached = 0n;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-start-'));
  portOffset = await freeOffset(1);
  topology = describeTopology({ validators: 1, portOffset, placement: 'loopback' });
});

afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.error(`still running: ${describeAll(running())}`);
});

afterAll(async () => {
  for (const { pid } of running()) process.kill(pid, 'SIGKILL');
  await noneOf(running);
  rmSync(folder, { recursive: true, force: true });
});

function start(): Started {
  const [name = '', value = ''] = mark.split('=');
  const child = spawn(
    process.execPath,
    [main, '--validators', '1', '--no-story', '--home', join(folder, 'home'), '--port-offset', `${portOffset}`],
    // A group of its own, as a shell gives to each command: Ctrl-C goes to all of it.
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, [name]: value } },
  );
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 'unknown');
  return { process: child, lines, ended };
}

/** Waits for a line with this text. */
async function untilSaid({ process: child, lines }: Started, text: string): Promise<void> {
  await until(`"${text}"`, 300, async () => {
    if (child.exitCode !== null) throw new Error(`npm start ended before it said "${text}":\n${lines.join('\n')}`);
    return lines.some((line) => line.includes(text)) ? true : undefined;
  });
}

/** Ctrl-C in a terminal. */
function interrupt({ process: child }: Started): void {
  if (child.pid === undefined) throw new Error('npm start did not start');
  process.kill(-child.pid, 'SIGINT');
}

interface Running {
  readonly pid: number;
  readonly command: string;
}

/** Every process that carries the mark, whoever its parent is by now. */
function running(): readonly Running[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
      return environment.includes(mark) && command !== '' ? [{ pid: Number(pid), command }] : [];
    } catch {
      return [];
    }
  });
}

function describeAll(processes: readonly Running[]): string {
  return processes.map(({ pid, command }) => `${pid} ${command.slice(0, 200)}`).join('\n');
}

async function noneOf(find: () => readonly Running[]): Promise<void> {
  await until('all processes to end', 60, async () => (find().length === 0 ? true : undefined)).catch(() => {
    throw new Error(`orphans:\n${describeAll(find())}`);
  });
}

async function height(): Promise<bigint> {
  return await until('a height', 60, async () => (await ready(clientNode(topology).ports.api))?.height);
}

const up = 'Ctrl-C stops everything';

test('a taken port is named with its use and the remedy, and nothing is left running', async () => {
  const { port } = topology.indexer;
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const attempt = start();
  const status = await attempt.ended;
  other.close();
  expect(attempt.lines.filter((line) => line.startsWith('npm start:'))).toEqual([
    `npm start: port ${port} (indexer and GraphQL) is already in use: stop what listens there, or shift all ports with --port-offset`,
  ]);
  expect(status).toBe(1);
  await noneOf(running);
});

test('Ctrl-C while it is coming up ends everything with status 0', async () => {
  const attempt = start();
  await untilSaid(attempt, 'starting 1 validators');
  interrupt(attempt);
  expect(await attempt.ended, attempt.lines.join('\n')).toBe(0);
  await noneOf(running);
});

test('Ctrl-C ends everything with status 0', async () => {
  const network = start();
  await untilSaid(network, up);
  reached = await height();
  const commands = describeAll(running());
  for (const program of ['cometbft start', 'chain/main.ts', 'verifier/main.ts', 'indexer/main.ts', 'postgres -D']) {
    expect(commands).toContain(program);
  }
  interrupt(network);
  expect(await network.ended, network.lines.join('\n')).toBe(0);
  expect(network.lines.at(-1)).toContain('stopped');
  await noneOf(running);
});

test('the next start goes on from there, and kill -9 of it leaves nothing behind but Postgres', async () => {
  const network = start();
  await untilSaid(network, 'the network is up again');
  expect(await height()).toBeGreaterThan(reached);
  reached = await height();
  network.process.kill('SIGKILL');
  expect(await network.ended).toBe('SIGKILL');
  await noneOf(() => running().filter(({ command }) => !command.includes('postgres')));
  expect(running()).not.toEqual([]);
});

test('a start after that takes Postgres over; when a validator dies it ends with one sentence that names it', async () => {
  const network = start();
  await untilSaid(network, up);
  expect(await height()).toBeGreaterThan(reached);
  const validator = running().find(({ command }) => command.includes('chain/main.ts'));
  if (validator === undefined) throw new Error('no infinetd is running');
  process.kill(validator.pid, 'SIGKILL');
  const status = await network.ended;
  const said = network.lines.filter((line) => line.startsWith('npm start:'));
  expect(said).toEqual([
    expect.stringMatching(/^npm start: validator0 \(pid \d+\) ended by signal SIGKILL.* \(log: .*\)$/),
  ]);
  expect(status).toBe(1);
  await noneOf(running);
});
