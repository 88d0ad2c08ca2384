import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError, reason, systemCode } from './failure.ts';

/** Held while a process uses a home. */
export interface HomeLock {
  /** Lets others in. Does nothing the second time. */
  release(): void;
}

const ownerShape = z.object({ pid: z.int().positive(), started: z.string() });
type Owner = z.infer<typeof ownerShape>;

/**
 * Takes the lock file `path` for this process, or throws saying which process holds it. A lock left by a process that
 * ended without cleaning up (kill -9, power loss) is taken over: its owner is gone, or its pid now belongs to another
 * process (on Linux told apart by the start time).
 */
export function lockHome(path: string): HomeLock {
  const mine: Owner = { pid: process.pid, started: startOf(process.pid) ?? '' };
  // Written aside and linked into place: the lock never exists without its owner's name in it.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(mine));
  try {
    // A second round is needed only when another process takes over the same stale lock at the same moment.
    for (let attempt = 0; attempt < 3; attempt++) {
      if (linked(draft, path)) return held(path, mine);
      removeIfStale(path);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new OperatorError(`cannot take the lock ${path}: other processes are starting on this home`);
}

function held(path: string, mine: Owner): HomeLock {
  return {
    release: () => {
      const owner = ownerOf(path);
      if (owner?.pid === mine.pid && owner.started === mine.started) rmSync(path, { force: true });
    },
  };
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw new OperatorError(`cannot write the lock ${path}: ${reason(error)}`, { cause: error });
  }
}

function removeIfStale(path: string): void {
  const owner = ownerOf(path);
  if (owner !== undefined && isRunning(owner)) {
    throw new OperatorError(
      `process ${owner.pid} already uses this home (lock ${path}): stop it first, or choose another --home`,
    );
  }
  // Renaming moves exactly one file: when another process was faster and put its own lock there, it goes back.
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = ownerOf(aside);
  if (moved !== undefined && isRunning(moved)) linked(aside, path);
  rmSync(aside, { force: true });
}

function ownerOf(path: string): Owner | undefined {
  try {
    return ownerShape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function isRunning(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false;
  }
  const started = startOf(owner.pid);
  return started === undefined || owner.started === '' || started === owner.started;
}

/** Boot and clock tick at which a process started, or undefined where the system does not tell. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The second field, the program's name in parentheses, may itself hold blanks and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not noticed yet.
    return fields[0] === 'Z' ? 'ended' : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
