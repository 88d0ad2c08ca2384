import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { FinalError, reason } from '../failure.ts';

/** For queries; times come as UTC text, whatever the server's zone. */
export type Database = NodePgDatabase;

const session = { options: '-c timezone=UTC', application_name: 'infinet-indexer' };

/** A connection of its own, for what needs a session: transactions of ingest, locks. */
export async function connectClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, ...session });
  client.on('error', () => {}); // The next query on it says what happened.
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`cannot connect to Postgres at ${shown(url)}: ${reason(error)}`, { cause: error });
  }
  return client;
}

/** A pool for reading. No statement of a user runs longer than `timeout` milliseconds. */
export function openPool(url: string, timeout = 10_000): { pool: pg.Pool; database: Database } {
  const pool = new pg.Pool({ connectionString: url, max: 5, statement_timeout: timeout, ...session });
  pool.on('error', () => {}); // An idle connection ended; the pool opens another.
  return { pool, database: drizzle(pool) };
}

/** Holds a lock until the client ends. A killed holder's lock goes when Postgres notices, hence the patience. */
export async function holdLock(client: pg.Client, lock: number, refusal: string, patience = 10_000): Promise<void> {
  for (const deadline = performance.now() + patience; ; await sleep(200)) {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [lock]);
    if (rows[0]?.held === true) return;
    if (performance.now() > deadline) throw new FinalError(refusal);
  }
}

function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
