import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries, unprivilegedPrefix } from './binaries.ts';

const user = 'infinet';

/** A running Postgres that this project started, or took over from a process that was killed. */
export interface EmbeddedPostgres {
  readonly port: number;
  readonly pid: number;
  /** Connection string of a database, which is created if it does not exist. */
  database(name: string): Promise<string>;
  /** Ends all connections and the server, and waits until its files are closed. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Holds the cluster, its password (mode 600) and its log. */
  readonly folder: string;
  /** TCP port on 127.0.0.1; a free one is taken when absent. */
  readonly port?: number;
  /** Told what is being done, one line each. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Starts a real Postgres of our own in `folder`, creating the cluster on first use. If a server that was left behind by
 * a killed parent still serves this folder, it is taken over instead.
 * Throws when the port is taken, the folder belongs to another major version, or Postgres does not come up.
 */
export async function startPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.folder);
  const data = join(folder, 'data');
  const progress = options.onProgress ?? (() => {});
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const password = readOrMakePassword(join(folder, 'password'));

  const running = readPostmaster(data);
  if (running !== undefined && (await answers(running.port, password))) {
    progress(`taking over the Postgres left running on port ${running.port}`);
    return handle(running.pid, running.port, password);
  }

  const binaries = await findBinaries();
  const prefix = unprivilegedPrefix();
  if (!existsSync(join(data, 'PG_VERSION'))) {
    progress('creating the Postgres cluster');
    rmSync(data, { recursive: true, force: true });
    const arguments_ = ['-D', data, '--locale=C', '--encoding=UTF8', '-U', user, '--auth=scram-sha-256'];
    await runOnce([...prefix, binaries.initdb, ...arguments_, `--pwfile=${join(folder, 'password')}`]);
  }

  const port = options.port ?? (await freePort());
  await requireFree(port);
  const logFile = join(folder, 'postgres.log');
  const log = openSync(logFile, 'a');
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'max_connections=60'];
  const [program = '', ...rest] = [...prefix, binaries.postgres, '-D', data, ...settings.flatMap((s) => ['-c', s])];
  const child = spawn(program, rest, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  child.unref();
  await untilAnswers(child, port, password, logFile);
  return handle(child.pid ?? 0, port, password);
}

function handle(pid: number, port: number, password: string): EmbeddedPostgres {
  const url = (database: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  return {
    port,
    pid,
    database: async (name) => {
      if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no database name`);
      const client = new pg.Client(url('postgres'));
      await client.connect();
      try {
        const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
        if (found.rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
      } finally {
        await client.end();
      }
      return url(name);
    },
    stop: async () => {
      signal(pid, 'SIGINT');
      for (let waited = 0; isAlive(pid); waited += 50) {
        if (waited > 20_000) signal(pid, 'SIGQUIT');
        await sleep(50);
      }
    },
  };
}

function readOrMakePassword(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** What `postmaster.pid` says about a server that serves this very folder: line 1 the pid, line 4 the port. */
function readPostmaster(data: string): { pid: number; port: number } | undefined {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && Number.isInteger(port) && isAlive(pid) ? { pid, port } : undefined;
}

async function untilAnswers(child: ChildProcess, port: number, password: string, logFile: string): Promise<void> {
  for (let waited = 0; !(await answers(port, password)); waited += 50) {
    if (child.exitCode !== null || waited > 30_000) {
      const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-3).join(' | ');
      throw new Error(`Postgres did not come up on port ${port}: ${tail} (whole log: ${logFile})`);
    }
    await sleep(50);
  }
}

async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'postgres' });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function runOnce(command: readonly string[]): Promise<void> {
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-4000);
  });
  const code = await new Promise<number | null>((done, failed) => {
    child.on('error', failed);
    child.on('close', done);
  });
  if (code !== 0) throw new Error(`${program} ended with status ${code}: ${errors.trim()}`);
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

function requireFree(port: number): Promise<void> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', (cause) => failed(new Error(`port ${port} for Postgres is taken`, { cause })));
    server.listen(port, '127.0.0.1', () => server.close(() => done()));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself between the check and the signal: what was wanted.
  }
}
