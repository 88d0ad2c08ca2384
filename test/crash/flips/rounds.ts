import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { randomNumbers } from '../blocks.ts';

const outcomes = ['same', 'named', 'died', 'wrong'] as const;
type Outcome = (typeof outcomes)[number];

export interface FlipFigures {
  /** By kind of file: how often the content was provably the same, the damage named, or the process ended by a signal. */
  readonly files: Readonly<Record<string, Record<Outcome, number>>>;
}

/** A child that opens stores, and a new one after each that died. */
class Opener {
  readonly #seed: number;
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #lines: Interface | undefined;

  constructor(seed: number) {
    this.#seed = seed;
  }

  async open(folder: string): Promise<{ outcome: Outcome; detail: string }> {
    if (this.#child === undefined) {
      const opener = join(import.meta.dirname, 'opener.ts');
      this.#child = spawn(process.execPath, [opener, `${this.#seed}`], { stdio: ['pipe', 'pipe', 'ignore'] });
      this.#lines = createInterface({ input: this.#child.stdout });
    }
    const [child, lines] = [this.#child, this.#lines];
    return await new Promise((resolve) => {
      const hung = setTimeout(() => child.kill('SIGKILL'), 60_000);
      const end = (outcome: Outcome, detail: string) => {
        clearTimeout(hung);
        child.removeAllListeners('close');
        lines?.removeAllListeners('line');
        resolve({ outcome, detail });
      };
      child.once('close', (code, signal) => {
        this.#child = undefined;
        // Only a signal of LMDB's own doing is an end that loads nothing; SIGKILL is the deadline's.
        end(
          signal === 'SIGSEGV' || signal === 'SIGBUS' || signal === 'SIGABRT' ? 'died' : 'wrong',
          `${signal ?? code}`,
        );
      });
      lines?.once('line', (line) => {
        const outcome = outcomes.find((known) => line.startsWith(known)) ?? 'wrong';
        end(outcome, line);
      });
      child.stdin.write(`${folder}\n`);
    });
  }

  close(): void {
    this.#child?.stdin.end();
  }
}

/** Flips one random bit of a sound store again and again. Throws when one was loaded as another state. */
export async function flipRounds(seed: number, rounds: number, say: (line: string) => void): Promise<FlipFigures> {
  const root = mkdtempSync(join(tmpdir(), 'flips-'));
  const random = randomNumbers(seed);
  const files: Record<string, Record<Outcome, number>> = {};
  const opener = new Opener(seed);
  try {
    const base = join(root, 'base');
    const bounded = join(import.meta.dirname, '..', 'bounded.ts');
    const made = spawnSync(process.execPath, [bounded, base, `${seed}`, '45'], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    const all = filesOf(base);
    const kinds = [...new Set(all.map((path) => kindOf(relative(base, path))))].sort();
    for (let round = 0; round < rounds; round++) {
      const folder = join(root, 'flipped');
      rmSync(folder, { recursive: true, force: true });
      cpSync(base, folder, { recursive: true });
      const kind = random() % 2 === 0 ? 'state.mdb' : (kinds[random() % kinds.length] ?? '');
      const ofKind = all.filter((path) => kindOf(relative(base, path)) === kind);
      const file = relative(base, ofKind[random() % ofKind.length] ?? '');
      const where = flipBit(join(folder, file), random);
      const { outcome, detail } = await opener.open(folder);
      files[kind] ??= { same: 0, named: 0, died: 0, wrong: 0 };
      files[kind][outcome] += 1;
      if (outcome === 'wrong') throw new Error(`seed ${seed}: ${file}, ${where}: ${detail}`);
      if (round % 100 === 99) say(`${round + 1} flips: ${JSON.stringify(files)}`);
    }
    return { files };
  } finally {
    opener.close();
    rmSync(root, { recursive: true, force: true });
  }
}

function flipBit(path: string, random: () => number): string {
  const bytes = readFileSync(path);
  const at = random() % bytes.length;
  const bit = random() % 8;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  writeFileSync(path, bytes);
  return `bit ${bit} of byte ${at}`;
}

function kindOf(path: string): string {
  if (path.startsWith('snapshots')) return path.endsWith('metadata') ? 'snapshot metadata' : 'snapshot chunk';
  return path.startsWith('log-') ? 'log' : path;
}

/** Files with content that a restart reads; LMDB's lock file holds none. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size > 0 && !path.endsWith('-lock'));
}
