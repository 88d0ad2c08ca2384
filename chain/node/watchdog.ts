import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AbciApplication } from '../abci/handlers.ts';
import { beatMs } from './silence.ts';

export interface WatchdogOptions {
  /** A process whose main thread does not turn for so long is ended; 0 watches nothing. */
  readonly seconds: number;
  /** Go into the line that is logged then. */
  readonly bindings: Readonly<Record<string, string>>;
  /** Told when the watchdog itself is gone; the node goes on without. */
  readonly onLost: (how: string) => void;
}

const program = fileURLToPath(new URL('./watchdogProcess.ts', import.meta.url));

/**
 * Another process that hears a beat of this one's main thread now and then. If none comes for too long it writes one line
 * with what was under way to standard output, and kills this one: CometBFT, which would wait forever, ends with it, and a
 * service manager starts both anew.
 */
export class Watchdog {
  readonly #say: (line: string) => void;
  /** Resolves when the other process is gone. */
  readonly #end: () => Promise<void>;
  #underWay = '';

  private constructor(say: (line: string) => void, end: () => Promise<void>) {
    this.#say = say;
    this.#end = end;
  }

  static start({ seconds, bindings, onLost }: WatchdogOptions): Watchdog {
    if (seconds === 0)
      return new Watchdog(
        () => {},
        async () => {},
      );
    const args = ['--max-old-space-size=32', program, `${process.pid}`, `${seconds}`, JSON.stringify(bindings)];
    const child = spawn(process.execPath, args, {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let ending = false;
    let running = true;
    const gone = new Promise<void>((resolve) => {
      const lost = (how: string) => {
        if (running && !ending) onLost(how);
        running = false;
        resolve();
      };
      child.once('error', ({ message }) => lost(message));
      child.once('exit', (code, signal) => lost(signal === null ? `it ended with status ${code}` : `by ${signal}`));
    });
    // Its end says why writing fails.
    child.stdin.on('error', () => {});
    const say = (line: string) => void (running && child.stdin.write(`${line}\n`));
    const watchdog = new Watchdog(say, async () => {
      ending = true;
      clearInterval(beats);
      child.ref();
      child.stdin.end();
      await gone;
    });
    const beats = setInterval(() => watchdog.#beat(), beatMs(seconds));
    beats.unref();
    child.unref();
    return watchdog;
  }

  /** The same application; its requests that carry out blocks or restore a state are told as what is under way. */
  follow(application: AbciApplication): AbciApplication {
    return {
      ...application,
      // A genesis has no bound, and nothing of it would be kept for another try.
      initChain: (request) => this.during('!', () => application.initChain(request)),
      prepareProposal: (request) =>
        this.during(`PrepareProposal of height ${request.height}`, () => application.prepareProposal(request)),
      processProposal: (request) =>
        this.during(`ProcessProposal of height ${request.height}`, () => application.processProposal(request)),
      finalizeBlock: (request) =>
        this.during(`FinalizeBlock of height ${request.height}`, () => application.finalizeBlock(request)),
      commit: (request) => this.during('Commit', () => application.commit(request)),
      applySnapshotChunk: (request) =>
        this.during(`ApplySnapshotChunk ${request.index}`, () => application.applySnapshotChunk(request)),
    };
  }

  /** Ends the other process. */
  async stop(): Promise<void> {
    await this.#end();
  }

  /** Tells `what` is under way until `work` is done. */
  async during<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    this.#underWay = what;
    this.#beat();
    try {
      return await work();
    } finally {
      this.#underWay = '';
      this.#beat();
    }
  }

  #beat(): void {
    this.#say(this.#underWay);
  }
}
