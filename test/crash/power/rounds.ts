import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomNumbers } from '../blocks.ts';
import { checkStore, Twin } from '../check.ts';
import { checkSnapshots } from '../snapshots.ts';
import { straceProblem } from '../strace.ts';
import { LossyDisk } from './disk.ts';
import { type FileCall, readTrace, strangeCalls, tracedCalls } from './trace.ts';

export interface PowerFigures {
  readonly calls: number;
  readonly cuts: number;
  /** How the cuts were found: at the last height that was said to be committed, or at the one being committed. */
  readonly found: Readonly<Record<'last' | 'next', number>>;
}

/** Heights at which the store in a folder may be found, from this call on. */
interface May {
  readonly folder: string;
  readonly heights: readonly bigint[];
}

/**
 * Records what a store does to its files, and then cuts the power at `cuts` random points. Throws with the seed at the
 * first store that lost a commit, has other state, or does not open.
 */
export async function powerLossRounds(
  seed: number,
  cuts: number,
  blocks: number,
  say: (line: string) => void,
): Promise<PowerFigures> {
  // In memory where that is possible: a cut is opened, and each opening waits for its disk.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'power-'));
  let failed = false;
  try {
    const root = join(folder, 'recorded');
    const calls = record(root, folder, seed, blocks);
    say(`${calls.length} calls recorded`);
    return await cutAll({ calls, root, target: join(folder, 'cut'), seed, cuts, say });
  } catch (error) {
    failed = true;
    throw new Error(`seed ${seed}: ${error} (files: ${folder})`, { cause: error });
  } finally {
    if (!failed) rmSync(folder, { recursive: true, force: true });
  }
}

function record(root: string, folder: string, seed: number, blocks: number): FileCall[] {
  const problem = straceProblem();
  if (problem !== undefined) throw new Error(problem);
  mkdirSync(root);
  const output = join(folder, 'trace');
  const scenario = join(import.meta.dirname, 'scenario.ts');
  const strace = ['-f', '-y', '-qq', '-xx', '-s', '16777216', '-e', 'signal=none', '-o', output];
  const trace = ['-e', `trace=${tracedCalls},${strangeCalls}`, '--seccomp-bpf'];
  const program = [process.execPath, scenario, root, `${seed}`, `${blocks}`];
  const { status, stderr } = spawnSync('strace', [...strace, ...trace, ...program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the recorded program ended with status ${status}: ${stderr}`);
  return readTrace(readFileSync(output, 'latin1'));
}

interface Cutting {
  readonly calls: readonly FileCall[];
  readonly root: string;
  readonly target: string;
  readonly seed: number;
  readonly cuts: number;
  readonly say: (line: string) => void;
}

async function cutAll({ calls, root, target, seed, cuts, say }: Cutting): Promise<PowerFigures> {
  const random = randomNumbers(seed);
  const twin = new Twin(seed);
  const disk = new LossyDisk(root);
  const found = { last: 0, next: 0 };
  // Standard output tells what may be found; everything before the first word of it is Node's own start.
  const first = calls.findIndex((call) => saysOf(call) !== undefined);
  const points = Array.from({ length: cuts }, () => first + (random() % (calls.length - first))).sort((a, b) => a - b);
  let may: May = { folder: 'node', heights: [0n] };
  let done = 0;
  for (const [index, call] of calls.entries()) {
    may = saysOf(call) ?? may;
    disk.perform(call);
    for (; points[done] === index; done++) {
      rmSync(target, { recursive: true, force: true });
      disk.lay(target, random);
      const store = join(target, may.folder);
      mkdirSync(store, { recursive: true });
      try {
        const height = await checkStore(store, twin, random() % 8 === 0 ? 8 : 1);
        if (!may.heights.includes(height))
          throw new Error(`the store is at ${height}, not at ${may.heights.join(' or ')}`);
        found[height === may.heights[0] ? 'last' : 'next'] += 1;
        checkSnapshots(store);
      } catch (error) {
        throw new Error(`power lost after call ${index}: ${error}`, { cause: error });
      }
      if (done % 1000 === 999) say(`${done + 1} cuts`);
    }
  }
  return { calls: calls.length, cuts: done, found };
}

function saysOf(call: FileCall): May | undefined {
  if (call.kind !== 'write' || call.fd !== 1) return undefined;
  const [folder = '', ...heights] = call.bytes.toString('utf8').trim().split('\n').at(-1)?.split(' ') ?? [];
  return { folder, heights: heights.map(BigInt) };
}
