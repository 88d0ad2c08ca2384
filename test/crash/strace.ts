import { spawnSync } from 'node:child_process';

/** Why there is no strace, or undefined where it runs. */
export function straceProblem(): string | undefined {
  const { status, error, stderr } = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'], { encoding: 'utf8' });
  if (status === 0) return undefined;
  const why = error === undefined ? stderr.trim() : error.message;
  return `strace does not run here (${why}): it needs Linux, the Debian package "strace", and the right to trace`;
}
