import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomNumbers } from './blocks.ts';
import { checkStore, Twin } from './check.ts';
import { checkSnapshots } from './snapshots.ts';
import { straceProblem } from './strace.ts';

export interface FaultFigures {
  readonly injected: number;
  /** Runs that ended with a reason, and that went on because nothing was lost: a checkpoint or snapshot to be made again. */
  readonly ended: number;
  readonly wentOn: number;
  /** Runs on a file system that was really full; undefined where none could be mounted. */
  readonly full: number | string;
}

const bounded = join(import.meta.dirname, 'bounded.ts');

/** Which calls on which file fail with what, the first ones spared; `+` goes on failing, as a full disk does. */
const sweeps = [
  { files: 'log', calls: 'write', error: 'ENOSPC', lasting: '+', spared: 0 },
  // Opening writes the last record again.
  { files: 'log', calls: 'pwrite64', error: 'EIO', lasting: '', spared: 0 },
  { files: 'log', calls: 'fdatasync', error: 'EIO', lasting: '', spared: 1 },
  { files: 'database', calls: 'pwrite64,writev,pwritev', error: 'ENOSPC', lasting: '+', spared: 0 },
  { files: 'database', calls: 'pwrite64,writev,pwritev', error: 'ENOSPC', lasting: '', spared: 0 },
  { files: 'database', calls: 'fdatasync', error: 'EIO', lasting: '', spared: 0 },
  { files: 'snapshots', calls: 'write,mkdir,fsync,rename,openat', error: 'ENOSPC', lasting: '+', spared: 0 },
  { files: 'folder', calls: 'write,fsync,openat,rename,unlink', error: 'ENOSPC', lasting: '', spared: 0 },
] as const;

/** Lets the n-th write of each kind fail, for n from 1 to `most`, in a store of its own that `begin` has filled. */
export async function faultRounds(seed: number, most: number, say: (line: string) => void): Promise<FaultFigures> {
  const problem = straceProblem();
  if (problem !== undefined) throw new Error(problem);
  const root = mkdtempSync(join(tmpdir(), 'faults-'));
  const twin = new Twin(seed);
  const figures = { injected: 0, ended: 0, wentOn: 0 };
  try {
    const base = join(root, 'base');
    expectEnd(run([], base, seed, 17), 0);
    for (const sweep of sweeps) {
      for (let n = 1; n <= most; n++) {
        const folder = join(root, `${sweep.files}-${n}`);
        cpSync(base, folder, { recursive: true });
        const paths = pathsOf(sweep.files, folder).flatMap((path) => ['-P', path]);
        const inject = `${sweep.calls}:error=${sweep.error}:when=${sweep.spared + n}${sweep.lasting}`;
        const trace = ['-e', `trace=${sweep.calls}`, '-e', `inject=${inject}`, '-o', join(root, 'trace'), ...paths];
        const result = run(['strace', '-f', '-qq', '-e', 'signal=none', ...trace], folder, seed, 24);
        const what = `seed ${seed}: ${sweep.files}, ${inject}`;
        figures[result.status === 0 ? 'wentOn' : 'ended'] += 1;
        await lookAfter(result, folder, twin, what);
        figures.injected += 1;
        rmSync(folder, { recursive: true });
      }
      say(`${sweep.files} ${sweep.calls} ${sweep.error}: ${figures.ended} ended, ${figures.wentOn} went on`);
    }
    return { ...figures, full: await fullDisks(root, twin, most) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** File systems of random sizes that fill up for real. Returns how many, or why there is none. */
async function fullDisks(root: string, twin: Twin, count: number): Promise<number | string> {
  const random = randomNumbers(twin.seed);
  for (let done = 0; done < count; done++) {
    const disk = join(root, 'disk');
    mkdirSync(disk, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${60 + (random() % 700)}k`, 'tmpfs', disk], {
      encoding: 'utf8',
    });
    if (mounted.status !== 0) return `skipped: ${mounted.stderr?.trim() || mounted.error?.message}`;
    try {
      const folder = join(disk, 'store');
      const result = run([], folder, twin.seed, 100);
      const after = join(root, 'after');
      cpSync(folder, after, { recursive: true });
      await lookAfter(result, after, twin, `seed ${twin.seed}: full disk ${done}`);
      rmSync(after, { recursive: true });
    } finally {
      spawnSync('umount', [disk]);
    }
  }
  return count;
}

function run(prefix: readonly string[], folder: string, seed: number, blocks: number): SpawnSyncReturns<string> {
  const [program = '', ...args] = [...prefix, process.execPath, bounded, folder, `${seed}`, `${blocks}`];
  return spawnSync(program, args, { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' });
}

function expectEnd({ status, signal, stderr }: SpawnSyncReturns<string>, wanted: number): void {
  if (status !== wanted) throw new Error(`ended with ${status ?? signal}: ${stderr}`);
}

/** It ended with a reason or had none to end; what it said to be committed is there, with the right app hash. */
async function lookAfter(result: SpawnSyncReturns<string>, folder: string, twin: Twin, what: string): Promise<void> {
  const { status, signal, stdout, stderr } = result;
  if (status !== 0 && status !== 1) throw new Error(`${what}: ended with ${status ?? signal}\n${stderr}`);
  if (status === 1 && !/failed: .*(ENOSPC|EIO|no space|input\/output|Invalid argument)/i.test(stderr)) {
    throw new Error(`${what}: gave no reason\n${stderr}`);
  }
  const [last = '0'] = stdout.trim().split('\n').at(-1)?.split(' ') ?? [];
  for (const line of stdout.trim().split('\n').filter(Boolean)) {
    const [height = '0', hash] = line.split(' ');
    if (twin.hashAt(BigInt(height)) !== hash) throw new Error(`${what}: another app hash at ${height}`);
  }
  try {
    const height = await checkStore(folder, twin, 8);
    if (height < BigInt(last)) throw new Error(`opens at ${height}, but ${last} was committed`);
    checkSnapshots(folder);
  } catch (error) {
    throw new Error(`${what}: ${error}\n${stderr}`, { cause: error });
  }
}

/** strace takes exact paths: those of every file that may come. */
function pathsOf(files: (typeof sweeps)[number]['files'], folder: string): string[] {
  const padded = Array.from({ length: 60 }, (_, height) => height.toString().padStart(20, '0'));
  const snapshots = join(folder, 'snapshots');
  switch (files) {
    case 'log':
      return padded.map((height) => join(folder, `log-${height}`));
    case 'database':
      return [join(folder, 'state.mdb')];
    case 'folder':
      return [folder];
    case 'snapshots':
      return padded
        .filter((_, height) => height % 10 === 0)
        .flatMap((height) => [
          join(snapshots, `${height}.tmp`),
          ...Array.from({ length: 12 }, (_, chunk) => join(snapshots, `${height}.tmp`, `chunk-${chunk}`)),
          join(snapshots, `${height}.tmp`, 'metadata.tmp'),
        ]);
  }
}
