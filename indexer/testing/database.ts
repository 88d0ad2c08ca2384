import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startPostgres } from '../../postgres/embedded.ts';

/** A real Postgres for a test file, with a new database whenever one is asked for. */
export interface TestPostgres {
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'infinet-indexer-'));
  const postgres: EmbeddedPostgres = await startPostgres({ folder });
  let count = 0;
  return {
    newDatabase: () => postgres.database(`test_${++count}`),
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every row of every table of the index as text, table by table: two databases are equal if these are. */
export async function dump(url: string): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: url, options: '-c timezone=UTC' });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'indexer' AND table_name <> 'migrations' ORDER BY 1",
    );
    const found: Record<string, string[]> = {};
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM indexer."${name}" AS t ORDER BY 1`,
      );
      found[name] = rows.map(({ row }) => row);
    }
    return found;
  } finally {
    await client.end();
  }
}
