import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer } from './child.ts';
import { DataRefused, MeasurementFailed, ObjectiveUnusable } from './errors.ts';
import type { Measurement, MeasureRequest, RoundRequest, TableFile } from './request.ts';

export interface Limits {
  /** Wall time, milliseconds. */
  readonly timeMs: number;
  /** Resident memory of the child, MB; watched where /proc exists. */
  readonly memoryMb: number;
  readonly signal?: AbortSignal;
}

const defaults: Limits = { timeMs: 120_000, memoryMb: 1_536 };
const HEAP_MB = 768;
const WATCH_MS = 100;

/**
 * Measures a table, or the tables of a round, in a child process that can neither write files nor start programs, within limits of time and memory.
 * @throws DataRefused when the bytes are no such table: the verdict is INVALID
 * @throws ObjectiveUnusable when the objective's schema or shard is at fault
 * @throws MeasurementFailed when this machine could not finish: try again
 */
export async function measure(
  request: MeasureRequest | RoundRequest,
  limits: Partial<Limits> = {},
): Promise<Measurement> {
  const answer = await ask(absolute(request), { ...defaults, ...limits });
  switch (answer.outcome) {
    case 'measured':
      return answer.measurement;
    case 'refused':
      throw new DataRefused(answer.reason, answer.detail.replace(`${answer.reason}: `, ''));
    case 'unusable':
      throw new ObjectiveUnusable(answer.detail);
    case 'failed':
      throw new MeasurementFailed(answer.detail);
  }
}

/** The child works in another folder. */
function absolute(request: MeasureRequest | RoundRequest): MeasureRequest | RoundRequest {
  const file = (table: TableFile) => ({ ...table, path: resolve(table.path) });
  if ('members' in request) {
    const { holdout, members, reference } = request;
    return {
      ...request,
      members: members.map((member) => ({ ...member, data: file(member.data) })),
      holdout: file(holdout),
      reference: reference && file(reference),
    };
  }
  const { data, holdout, reference } = request;
  return {
    ...request,
    data: file(data),
    holdout: holdout && file(holdout),
    reference: reference && file(reference),
  };
}

function ask(request: MeasureRequest | RoundRequest, limits: Limits): Promise<Answer> {
  const child = start();
  return new Promise<Answer>((done, reject) => {
    const stop = (problem: string) => {
      child.kill('SIGKILL');
      reject(new MeasurementFailed(problem));
    };
    const timer = setTimeout(() => stop(`took longer than ${limits.timeMs} ms`), limits.timeMs);
    const watch = setInterval(async () => {
      const used = await residentMb(child);
      if (used > limits.memoryMb) stop(`used more than ${limits.memoryMb} MB of memory`);
    }, WATCH_MS);
    const abort = () => stop('was cancelled');
    limits.signal?.addEventListener('abort', abort, { once: true });
    child.once('message', (answer: Answer) => done(answer));
    child.once('error', (error) => stop(error.message));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      clearInterval(watch);
      limits.signal?.removeEventListener('abort', abort);
      reject(new MeasurementFailed(`the measuring process ended without an answer (${signal ?? `code ${code}`})`));
    });
    child.send(request);
    if (limits.signal?.aborted) abort();
  });
}

/** No environment of ours reaches the child: it may hold passwords. */
function start(): ChildProcess {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fork(fileURLToPath(new URL(`./child.${extension}`, import.meta.url)), [], {
    cwd: tmpdir(),
    env: { TZ: 'UTC', LANG: 'C' },
    execArgv: [
      '--permission',
      '--allow-fs-read=*',
      '--allow-addons',
      '--disable-warning=SecurityWarning',
      `--max-old-space-size=${HEAP_MB}`,
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** 0 where the system does not tell. */
async function residentMb(child: ChildProcess): Promise<number> {
  try {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
