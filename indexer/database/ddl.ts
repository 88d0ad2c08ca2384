import { is } from 'drizzle-orm';
import { getTableConfig, IndexedColumn, type PgTable } from 'drizzle-orm/pg-core';

/**
 * The statements that create a view's table in `schema`. A view has no migrations: its rows can always be made again
 * from blocks and events, so a new version of it is a new table.
 */
export function createStatements(table: PgTable, schema: string): string[] {
  const { name, columns, primaryKeys, indexes } = getTableConfig(table);
  const parts = columns.map((column) => {
    const constraint = column.primary ? ' PRIMARY KEY' : column.notNull ? ' NOT NULL' : '';
    return `${quoted(column.name)} ${column.getSQLType()}${constraint}`;
  });
  for (const key of primaryKeys)
    parts.push(`PRIMARY KEY (${key.columns.map((column) => quoted(column.name)).join(', ')})`);
  const qualified = `${quoted(schema)}.${quoted(name)}`;
  return [
    `CREATE TABLE ${qualified} (${parts.join(', ')})`,
    ...indexes.map(({ config }) => {
      const on = config.columns.map((column) => {
        if (!is(column, IndexedColumn) || column.name === undefined)
          throw new Error(`${name}: only columns are indexed`);
        return quoted(column.name);
      });
      return `CREATE INDEX ${quoted(config.name ?? `${name}_${on.length}`)} ON ${qualified} USING ${config.method ?? 'btree'} (${on.join(', ')})`;
    }),
  ];
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
