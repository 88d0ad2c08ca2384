import { getTableName } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../testing/database.ts';
import { updateViews } from '../views/rebuild.ts';
import { views } from '../views/views.ts';
import { connectClient } from './connect.ts';
import { migrate } from './migrations.ts';
import * as core from './tables.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

test('the database has the columns and indexes that the declarations say, after migrations run at the same time', async () => {
  const url = await postgres.newDatabase();
  const [client, ...others] = await Promise.all([connectClient(url), connectClient(url), connectClient(url)]);
  await Promise.all([client, ...others].map(migrate));
  for (const other of others) await other.end();
  await updateViews(client, views);
  const tables: PgTable[] = [
    core.chain,
    core.blocks,
    core.txs,
    core.events,
    core.views,
    ...views.flatMap((view) => view.tables),
  ];
  for (const table of tables) {
    const name = getTableName(table);
    const { rows } = await client.query<{ name: string; type: string; required: boolean }>(
      `SELECT attname AS name, format_type(atttypid, NULL) AS type, attnotnull AS required FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
      [`indexer.${name}`],
    );
    const { columns, indexes, primaryKeys } = getTableConfig(table);
    const keys = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
    expect({ name, columns: rows }).toEqual({
      name,
      columns: columns.map((column) => ({
        name: column.name,
        type: column.getSQLType(),
        required: column.notNull || column.primary || keys.has(column.name),
      })),
    });
    const found = await client.query<{ name: string }>(
      "SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'indexer' AND tablename = $1",
      [name],
    );
    const made = found.rows.map((row) => row.name);
    expect(indexes.filter(({ config }) => !made.includes(config.name ?? '')).map(({ config }) => config.name)).toEqual(
      [],
    );
    expect(made.some((index) => index.endsWith('_pkey'))).toBe(true);
  }
  await client.end();
});
