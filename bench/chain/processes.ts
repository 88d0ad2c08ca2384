import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Ticks a second that Linux counts CPU time in (USER_HZ). */
const ticksPerSecond = 100;

/** A program under measurement. */
export class Program {
  readonly #child: ChildProcess;
  readonly #words: string[] = [];
  readonly #ended: Promise<unknown>;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#words.push(String(chunk));
        if (this.#words.length > 100) this.#words.shift();
      });
    }
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it said last. */
  get lastWords(): string {
    return this.#words.join('').slice(-3000);
  }

  /** User and system time so far, milliseconds. */
  cpuMs(): number {
    return cpuMsOf(this.#child.pid ?? 0);
  }

  /** Resident memory, MiB. */
  rssMb(): number {
    return rssMbOf(this.#child.pid ?? 0);
  }

  async stop(): Promise<void> {
    if (this.isRunning) this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.#ended;
    clearTimeout(timer);
  }
}

/** User and system time of a process so far, milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** Resident memory of a process, MiB. */
export function rssMbOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}
