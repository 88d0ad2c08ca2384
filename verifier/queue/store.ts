import { createHash } from 'node:crypto';
import pg from 'pg';

/** Form of what is kept. A newer one is refused, an older one would be brought up here. */
const formatVersion = 1;

/** What is kept cannot be used by this program; trying again does not help. */
export class StoreRefused extends Error {}

/** The schema in which all workers of one operator on one chain keep what they said and do. */
export interface VerifierStore {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly schema: string;
  close(): Promise<void>;
}

export interface StoreScope {
  /** Account address text of the operator. */
  readonly operator: string;
  /** Tells this chain from any other, one that was begun anew under the same id included. */
  readonly chain: string;
}

/**
 * Attestations and txs outlive every worker; jobs are pg-boss's, in the same schema.
 *
 * - `attestation`: one row a task and draw, written before its commitment is sent and never changed. Who writes first, says.
 * - `outbox`: every tx of the hot key, signed and written before it is broadcast; `state` is `pending`, `included`,
 *   `refused` (never let in), or `passed` (its sequence was used, and it was not looked for any further).
 */
const tables = `
  CREATE TABLE attestation (
    task bigint NOT NULL, draw int NOT NULL,
    said bytea NOT NULL, salt bytea NOT NULL, verdict int NOT NULL, seconds double precision NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (task, draw)
  );
  CREATE TABLE outbox (
    id bigserial PRIMARY KEY, sequence bigint NOT NULL, action text NOT NULL, tx bytea NOT NULL, hash text NOT NULL,
    since bigint NOT NULL, state text NOT NULL, height bigint, code int, log text, at timestamptz NOT NULL DEFAULT now()
  );
  CREATE UNIQUE INDEX one_pending ON outbox (state) WHERE state = 'pending';
`;

/** Name of the schema: both parts in a hash, since Postgres and pg-boss allow 50 bytes and an address has 46. */
export function schemaOf({ operator, chain }: StoreScope): string {
  return `verifier_${createHash('sha256').update(`${operator}\n${chain}`).digest('hex').slice(0, 32)}`;
}

/** Opens the schema, and makes it when it is not there. Any number of workers may do so at once. */
export async function openStore(url: string, scope: StoreScope): Promise<VerifierStore> {
  const schema = schemaOf(scope);
  const settings = `-c search_path=${schema} -c timezone=UTC`;
  const pool = new pg.Pool({ connectionString: url, max: 4, options: settings, application_name: 'infinet-verifier' });
  pool.on('error', () => {}); // An idle connection ended; the pool opens another.
  try {
    await prepare(pool, schema, scope);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { pool, url, schema, close: () => pool.end() };
}

async function prepare(pool: pg.Pool, schema: string, scope: StoreScope): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockOf(schema, 'format')]);
    const made = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
    if (made.rowCount === 0) {
      await client.query(
        `CREATE SCHEMA ${schema}; CREATE TABLE format (version int, operator text, chain text); ${tables}`,
      );
      await client.query('INSERT INTO format VALUES ($1, $2, $3)', [formatVersion, scope.operator, scope.chain]);
    }
    const { rows } = await client.query<{ version: number }>('SELECT version FROM format');
    const version = rows[0]?.version;
    if (version !== formatVersion) {
      throw new StoreRefused(
        `schema ${schema} is of format ${version ?? 'unknown'}, and this program knows ${formatVersion}: ` +
          'use the program that wrote it',
      );
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** Key of an advisory lock, within a database, as the decimal text of an int8. */
export function lockOf(schema: string, what: string): string {
  return createHash('sha256').update(`${schema}\n${what}`).digest().readBigInt64BE().toString();
}
