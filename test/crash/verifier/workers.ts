import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

export interface WorkerOptions {
  /** Folder of a home whose keys are the operator's; every worker has one of its own, as on another machine. */
  readonly home: string;
  readonly operator: string;
  readonly rpc: string;
  readonly databaseUrl: string;
  readonly logFile: string;
}

/** A worker in a process of its own, started again whenever it was killed. */
export class KilledWorker {
  kills = 0;
  readonly #options: WorkerOptions;
  #child: ChildProcess;
  #failure: string | undefined;
  #isClosing = false;
  /** Whether it has done anything since it was started. */
  isUp = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#child = this.#start();
  }

  /** What ended it that was no kill. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** It dies the next time that it comes by this step; undefined lets it live. */
  arm(deadly: string | undefined): void {
    if (this.#child.connected) this.#child.send({ deadly });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const child = this.#child;
    const ended = new Promise((done) => child.once('exit', done));
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await ended;
  }

  #start(): ChildProcess {
    const { home, operator, rpc, databaseUrl, logFile } = this.#options;
    const log = openSync(logFile, 'a');
    const child = fork(join(import.meta.dirname, 'victim.ts'), [home, operator, rpc, databaseUrl], {
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.isUp = false;
    child.on('message', () => {
      this.isUp = true;
    });
    child.once('exit', (code, signal) => {
      if (this.#isClosing) return;
      if (signal === 'SIGKILL') this.kills++;
      else this.#failure = `a worker ended with ${code ?? signal}: see ${logFile}`;
      this.#child = this.#start();
    });
    return child;
  }
}
