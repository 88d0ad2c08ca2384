import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DamageError } from '../../chain/store/damage.ts';
import { randomNumbers } from './blocks.ts';
import { checkStore, Twin } from './check.ts';

const kinds = ['kill', 'kill', 'kill', 'cut', 'flip', 'full'] as const;
type Kind = (typeof kinds)[number];

/** Longer than a committer takes to start on a busy machine, or to end at a write that fails, milliseconds. */
const patienceMs = 120_000;

/** What the rounds met. */
export interface CrashFigures {
  readonly rounds: Readonly<Record<Kind, number>>;
  readonly height: bigint;
  /** Flipped bits that were named with a refusal to open. */
  readonly named: number;
}

/** One folder that goes through crash after crash, beside a twin in memory that is never killed. */
class Trial {
  readonly folder = mkdtempSync(join(tmpdir(), 'crash-'));
  readonly counts: Record<Kind, number> = { kill: 0, cut: 0, flip: 0, full: 0 };
  named = 0;
  height = 0n;
  readonly #seed: number;
  readonly #random: () => number;
  readonly #twin: Twin;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = randomNumbers(seed);
    this.#twin = new Twin(seed);
  }

  async round(): Promise<void> {
    const kind = kinds[this.#random() % kinds.length] ?? 'kill';
    this.counts[kind] += 1;
    const limitKb = kind === 'full' ? 40 + (this.#random() % 600) : undefined;
    const reported = await this.#commit(this.#random() % 400, limitKb);
    if (kind === 'flip') await this.#flip();
    if (kind === 'cut') this.#cutTail();
    // A cut takes the last record at most.
    const least = kind === 'cut' ? reported - 1n : reported;
    this.height = await this.#check(this.folder, least);
  }

  /** Runs a committer until it is killed, or until its files may grow no more. Returns the last height that it said. */
  async #commit(lifeMs: number, limitKb: number | undefined): Promise<bigint> {
    const node = [process.execPath, join(import.meta.dirname, 'committer.ts'), this.folder, String(this.#seed), '0'];
    const limited = `trap '' XFSZ; ulimit -f ${limitKb}; exec "$@"`;
    const [program = '', ...args] = limitKb === undefined ? node : ['bash', '-c', limited, 'bash', ...node];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    let timer: NodeJS.Timeout | undefined;
    let hangs = false;
    const deadline = setTimeout(() => {
      hangs = true;
      child.kill('SIGKILL');
    }, patienceMs);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (limitKb === undefined) timer ??= setTimeout(() => child.kill('SIGKILL'), lifeMs);
    });
    await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(timer);
    clearTimeout(deadline);
    if (hangs) throw new Error(`seed ${this.#seed}: a committer with files up to ${limitKb} KB came to no end`);
    let last = this.height;
    for (const line of text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)) {
      const [height = '0', hash = ''] = line.split(' ');
      last = BigInt(height);
      if (hash !== this.#twin.hashAt(last)) throw new Error(`seed ${this.#seed}: block ${height} has another app hash`);
    }
    return last;
  }

  /** The store opens at `least` or above and is in everything like the twin. */
  async #check(folder: string, least: bigint): Promise<bigint> {
    try {
      const version = await checkStore(folder, this.#twin);
      if (version < least) throw new Error(`block ${least} was lost, the store is at ${version}`);
      return version;
    } catch (error) {
      if (error instanceof DamageError) throw error;
      throw new Error(`seed ${this.#seed}: ${error}`, { cause: error });
    }
  }

  #cutTail(): void {
    const log = this.#lastLog();
    if (log === undefined) return;
    const { size } = statSync(log);
    truncateSync(log, Math.max(0, size - 1 - (this.#random() % 30)));
  }

  /** Flips a bit of the log in a copy: the copy is refused by name, or holds the same state, at most a block less. */
  async #flip(): Promise<void> {
    const copy = `${this.folder}.flipped`;
    cpSync(this.folder, copy, { recursive: true });
    const log = this.#lastLog(copy);
    try {
      if (log === undefined) return;
      const bytes = readFileSync(log);
      const at = this.#random() % Math.max(1, bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (this.#random() % 8));
      writeFileSync(log, bytes);
      await this.#check(copy, 0n);
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      this.named += 1;
    } finally {
      rmSync(copy, { recursive: true });
    }
  }

  #lastLog(folder = this.folder): string | undefined {
    const last = readdirSync(folder)
      .filter((name) => name.startsWith('log-'))
      .sort()
      .at(-1);
    return last === undefined ? undefined : join(folder, last);
  }
}

/** Throws with the seed at the first divergence or loss. */
export async function crashRounds(seed: number, rounds: number, say: (line: string) => void): Promise<CrashFigures> {
  const trial = new Trial(seed);
  try {
    for (let round = 1; round <= rounds; round++) {
      await trial.round();
      if (round % 20 === 0) say(`${round} crashes, height ${trial.height}`);
    }
    return { rounds: trial.counts, height: trial.height, named: trial.named };
  } finally {
    rmSync(trial.folder, { recursive: true, force: true });
  }
}
