import type { Client } from 'pg';

/** One step of the database's form. Steps are only ever appended. */
interface Migration {
  readonly id: number;
  readonly statements: readonly string[];
}

const migrations: readonly Migration[] = [
  {
    id: 1,
    statements: [
      `CREATE TABLE indexer.chain (
        chain_id text PRIMARY KEY, bech32_prefix text NOT NULL, genesis_time timestamptz NOT NULL,
        initial_height bigint NOT NULL, app_state jsonb NOT NULL, height bigint NOT NULL, hash text NOT NULL)`,
      'CREATE UNIQUE INDEX chain_is_one_row ON indexer.chain ((true))',
      `CREATE TABLE indexer.blocks (
        height bigint PRIMARY KEY, hash text NOT NULL, previous_hash text NOT NULL, "time" timestamptz NOT NULL,
        proposer text NOT NULL, app_hash text NOT NULL, tx_count integer NOT NULL, event_count integer NOT NULL,
        validator_updates jsonb NOT NULL)`,
      'CREATE INDEX blocks_hash ON indexer.blocks (hash)',
      `CREATE TABLE indexer.txs (
        height bigint NOT NULL, "position" integer NOT NULL, hash text NOT NULL, "time" timestamptz NOT NULL,
        code bigint NOT NULL, codespace text NOT NULL, log text NOT NULL, gas_wanted numeric NOT NULL,
        gas_used numeric NOT NULL, memo text NOT NULL, fee text NOT NULL, system boolean NOT NULL,
        signers text[] NOT NULL, message_types text[] NOT NULL, messages jsonb NOT NULL, raw bytea NOT NULL,
        PRIMARY KEY (height, "position"))`,
      'CREATE INDEX txs_hash ON indexer.txs (hash)',
      'CREATE INDEX txs_signers ON indexer.txs USING gin (signers)',
      'CREATE INDEX txs_message_types ON indexer.txs USING gin (message_types)',
      `CREATE TABLE indexer.events (
        height bigint NOT NULL, "position" integer NOT NULL, tx_position integer, type text NOT NULL,
        attributes jsonb NOT NULL, PRIMARY KEY (height, "position"))`,
      'CREATE INDEX events_type ON indexer.events (type, height, "position")',
      'CREATE TABLE indexer.views (name text PRIMARY KEY, version integer NOT NULL)',
    ],
  },
];

/** Locks of this database by purpose: two indexers never do the same thing at once. */
export const advisoryLocks = { migrate: 7_316_001, ingest: 7_316_002 } as const;

/** Brings the database to the newest form. Programs that start together wait for each other. */
export async function migrate(client: Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [advisoryLocks.migrate]);
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS indexer');
    await client.query(
      'CREATE TABLE IF NOT EXISTS indexer.migrations (id integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ id: number }>('SELECT id FROM indexer.migrations');
    const applied = new Set(rows.map(({ id }) => id));
    const newest = Math.max(...migrations.map(({ id }) => id));
    const unknown = [...applied].find((id) => id > newest);
    if (unknown !== undefined) {
      throw new Error(
        `the database was made by a newer indexer (migration ${unknown}): use that one, or a new database`,
      );
    }
    for (const { id, statements } of migrations.filter((step) => !applied.has(step.id))) {
      await client.query('BEGIN');
      try {
        for (const statement of statements) await client.query(statement);
        await client.query('INSERT INTO indexer.migrations (id) VALUES ($1)', [id]);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      }
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [advisoryLocks.migrate]);
  }
}
