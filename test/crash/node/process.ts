import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type RunningNode, running } from '../../e2e/node.ts';
import { type Phase, phases, phasesVariable } from './phases.ts';

const main = fileURLToPath(new URL('../../../chain/main.ts', import.meta.url));
const preload = pathToFileURL(fileURLToPath(new URL('./preload.ts', import.meta.url)));

/** `infinetd start --comet` with whatever comes before it. */
export function startNode(home: string, environment: Readonly<Record<string, string>> = {}): RunningNode {
  const env = { ...process.env, ...environment };
  return running(
    spawn(process.execPath, [main, 'start', '--comet', '--home', home], { stdio: ['ignore', 'pipe', 'pipe'], env }),
  );
}

/** A node that is told to do everything often, and whose phases can be seen. */
export class Victim {
  readonly node: RunningNode;
  readonly #file: string;

  constructor(home: string, phasesFile: string) {
    writeFileSync(phasesFile, Buffer.alloc(phases.length));
    this.#file = phasesFile;
    this.node = startNode(home, { NODE_OPTIONS: `--import=${preload}`, [phasesVariable]: phasesFile });
  }

  /** What it is in the middle of, or was when it was killed. */
  phases(): Phase[] {
    const file = openSync(this.#file, 'r');
    try {
      const bytes = Buffer.alloc(phases.length);
      readSync(file, bytes, 0, bytes.length, 0);
      const now = phases.filter((_, index) => bytes[index] === 1);
      // A checkpoint is a transaction of the database too.
      return now.includes('checkpoint') ? now.filter((phase) => phase !== 'prune') : now;
    } finally {
      closeSync(file);
    }
  }

  /** Resolves as soon as it is in this phase, or after `patienceMs`. */
  async untilIn(phase: Phase, patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline && !this.phases().includes(phase)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  get cometPid(): number {
    const line = this.node.lines.find((said) => said.includes('"CometBFT runs"'));
    return Number(/"pid":(\d+)/.exec(line ?? '')?.[1] ?? 0);
  }
}

/** Resolves when no process has this id any more. */
export async function untilGone(pid: number): Promise<void> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; ) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`process ${pid} goes on 30 s after its pair was killed`);
}
