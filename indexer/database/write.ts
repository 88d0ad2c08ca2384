import { getTableColumns, getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { ClientBase } from 'pg';
import { type Change, type Changes, keyOf } from './changes.ts';
import { quoted } from './ddl.ts';

const rowsPerStatement = 5_000;

/** Writes what was collected, rows as one JSON parameter a statement. Belongs into a transaction. */
export async function writeChanges(client: ClientBase, changes: Changes, schema = 'indexer'): Promise<void> {
  for (const [table, rows] of changes.entries()) {
    for (const group of groups(rows)) {
      for (let start = 0; start < group.length; start += rowsPerStatement) {
        const part = group.slice(start, start + rowsPerStatement);
        const { text, columns } = statement(table, part, schema);
        await client.query(text, [toJson(part, columns)]);
      }
    }
  }
}

/** Rows of one kind and with the same columns go together, in the order in which they came. */
function groups(rows: readonly Change[]): Change[][] {
  const found = new Map<string, Change[]>();
  for (const row of rows) {
    const shape = `${row.kind} ${Object.keys(row.values).sort().join(' ')}`;
    const group = found.get(shape) ?? [];
    group.push(row);
    found.set(shape, group);
  }
  return [...found.values()];
}

interface Column {
  readonly property: string;
  readonly name: string;
}

function statement(table: PgTable, rows: readonly Change[], schema: string): { text: string; columns: Column[] } {
  const [{ kind, values }] = [rows[0] ?? { kind: 'insert', values: {} }];
  const all = getTableColumns(table);
  const columns = Object.keys(values).map((property) => {
    const column = all[property];
    if (column === undefined) throw new Error(`${getTableName(table)} has no column ${property}`);
    return { property, name: quoted(column.name) };
  });
  const key = keyOf(table);
  const keyColumns = columns.filter(({ property }) => key.includes(property)).map(({ name }) => name);
  const others = columns.filter(({ property }) => !key.includes(property)).map(({ name }) => name);
  const target = `${quoted(schema)}.${quoted(getTableName(table))}`;
  const source = `json_populate_recordset(NULL::${target}, $1::json)`;
  if (kind === 'update') {
    const set = others.map((name) => `${name} = given.${name}`).join(', ');
    const where = keyColumns.map((name) => `held.${name} = given.${name}`).join(' AND ');
    return { text: `UPDATE ${target} AS held SET ${set} FROM ${source} AS given WHERE ${where}`, columns };
  }
  const names = columns.map(({ name }) => name).join(', ');
  const insert = `INSERT INTO ${target} AS held (${names}) SELECT ${names} FROM ${source}`;
  if (kind === 'insert') return { text: insert, columns };
  const numeric = new Set(
    Object.values(all)
      .filter(({ columnType }) => columnType === 'PgNumeric')
      .map(({ name }) => quoted(name)),
  );
  const set = others.map((name) =>
    kind === 'add' && numeric.has(name) ? `${name} = held.${name} + excluded.${name}` : `${name} = excluded.${name}`,
  );
  const action = kind === 'ensure' || set.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${set.join(', ')}`;
  return { text: `${insert} ON CONFLICT (${keyColumns.join(', ')}) ${action}`, columns };
}

function toJson(rows: readonly Change[], columns: readonly Column[]): string {
  const plain = rows.map(({ values }) =>
    Object.fromEntries(columns.map(({ property, name }) => [name.slice(1, -1), values[property]])),
  );
  return JSON.stringify(plain, (_, value: unknown) => storable(value));
}

/** Postgres' text holds no zero character and no half of a surrogate pair; users may put both into a tx. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd');
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return value;
}
