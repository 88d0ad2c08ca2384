import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** One program of the network. */
export interface ProcessSpec {
  readonly name: string;
  /** Words after `node`: the entry file and its arguments. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Both outputs are appended here. */
  readonly logFile: string;
  /** Answers 200 over HTTP once the program is up; absent when nothing waits for it. */
  readonly readyUrl?: string;
}

export interface RunningProcess {
  readonly spec: ProcessSpec;
  readonly pid: number;
  /** Resolves when it has ended, asked to or not, with a sentence that says how. */
  readonly ended: Promise<string>;
  readonly isRunning: () => boolean;
  /** SIGTERM, and SIGKILL if it does not end within `patience` milliseconds. */
  stop(patience?: number): Promise<void>;
  /** SIGKILL at once, as a crash. */
  kill(): Promise<void>;
}

/**
 * Starts a program that dies with this one: it is given an IPC channel, and ends by itself when the channel closes, so
 * that not even a `kill -9` of the parent leaves orphans.
 */
export function startProcess(spec: ProcessSpec): RunningProcess {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...spec.command], {
    env: { ...process.env, ...spec.environment },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const ended = new Promise<string>((done) => {
    child.once('error', (error) => done(`${spec.name} did not start: ${error.message}`));
    child.once('exit', (code, signal) => done(describeEnd(spec, child, code, signal)));
  });
  let running = true;
  void ended.then(() => {
    running = false;
  });
  return {
    spec,
    pid: child.pid ?? 0,
    ended,
    isRunning: () => running,
    stop: async (patience = 15_000) => {
      if (!running) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patience);
      await ended;
      clearTimeout(timer);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function describeEnd(spec: ProcessSpec, child: ChildProcess, code: number | null, signal: string | null): string {
  const how = signal === null ? `with status ${code}` : `by signal ${signal}`;
  const last = lastLine(spec.logFile);
  return `${spec.name} (pid ${child.pid}) ended ${how}${last === '' ? '' : `: ${last}`} (log: ${spec.logFile})`;
}

function lastLine(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return (lines.at(-1) ?? '').slice(0, 400);
}

/**
 * Waits until the program answers at its `readyUrl`. Throws when it ends first, takes longer than `seconds`, or `signal`
 * aborts.
 */
export async function untilReady(running: RunningProcess, seconds: number, signal?: AbortSignal): Promise<void> {
  const url = running.spec.readyUrl;
  if (url === undefined) return;
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(100)) {
    signal?.throwIfAborted();
    if (!running.isRunning()) throw new Error(await running.ended);
    if (await answers(url)) return;
  }
  throw new Error(`${running.spec.name} is not ready after ${seconds} s at ${url} (log: ${running.spec.logFile})`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
