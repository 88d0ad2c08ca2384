import { statfs } from 'node:fs/promises';
import { OperatorError, reason } from './failure.ts';

export interface DiskGuard {
  /** Bytes free for this user when last looked at. */
  readonly freeBytes: number;
  stop(): void;
}

export interface DiskGuardOptions {
  readonly folder: string;
  /** The node stops below so many MiB; 0 never stops it. */
  readonly leastMiB: number;
  /** Warned below twice of that. */
  readonly onLow: (freeMiB: number) => void;
  readonly onFull: (error: OperatorError) => void;
  /** The key that sets `leastMiB`, for errors. */
  readonly key: string;
  readonly intervalMs?: number;
  /** Bytes free in a folder; the system's answer if not given. */
  readonly free?: (folder: string) => Promise<number>;
}

const MiB = 1024 * 1024;

/**
 * Looks now and then how much room the disk has, so that the node stops while it can still close its files: CometBFT's
 * databases do not always survive a full disk. Rejects with an `OperatorError` when there is too little to begin with.
 */
export async function startDiskGuard(options: DiskGuardOptions): Promise<DiskGuard> {
  const { folder, leastMiB } = options;
  const free = options.free ?? freeBytesOf;
  let freeBytes = await free(folder);
  let warned = false;
  /** What is wrong, if anything. */
  const judge = (): OperatorError | undefined => {
    const freeMiB = Math.floor(freeBytes / MiB);
    if (freeMiB < leastMiB) {
      return new OperatorError(
        `the disk of ${folder} has ${freeMiB} MiB left, less than ${options.key} = ${leastMiB}: make room, keep less ` +
          '(state.pruning, min_retain_blocks), or change the key',
      );
    }
    const low = freeMiB < 2 * leastMiB;
    if (low && !warned) options.onLow(freeMiB);
    warned = low;
    return undefined;
  };
  const problem = judge();
  if (problem !== undefined) throw problem;
  const timer = setInterval(async () => {
    try {
      freeBytes = await free(folder);
    } catch {
      // The folder is gone or the file system hangs: the next write says so better than this look.
      return;
    }
    const full = judge();
    if (full === undefined) return;
    clearInterval(timer);
    options.onFull(full);
  }, options.intervalMs ?? 5000);
  timer.unref();
  return {
    get freeBytes() {
      return freeBytes;
    },
    stop: () => clearInterval(timer),
  };
}

async function freeBytesOf(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    throw new OperatorError(`cannot see how much room ${folder} has: ${reason(error)}`, { cause: error });
  }
}
