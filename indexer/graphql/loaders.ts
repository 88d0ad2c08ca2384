import DataLoader from 'dataloader';
import { and, asc, type Column, getTableColumns, getTableName, inArray, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { keyOf } from '../database/changes.ts';
import type { Database } from '../database/connect.ts';
import { mostRows, type Row } from './connection.ts';
import { badInput } from './failure.ts';

type Key = string | number;

/** A further condition; its name tells it from others of the same table. */
interface Fixed {
  readonly name: string;
  readonly condition: SQL;
}

/** Lookups of one request, batched: all rows that a level of the query needs come in one statement. */
export class Loaders {
  readonly #database: Database;
  readonly #one = new Map<string, DataLoader<Key, Row | undefined>>();
  readonly #many = new Map<string, DataLoader<Key, Row[]>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The row with that value in a unique column; nothing for 0, empty text and null, the chain's words for nothing. */
  one(table: PgTable, property: string, key: unknown): Promise<Row | undefined> {
    if (!isKey(key)) return Promise.resolve(undefined);
    const column = columnOf(table, property);
    const loader = this.#loader(this.#one, nameOf(table, property), async (keys) => {
      const rows: Row[] = await this.#database
        .select()
        .from(table)
        .where(inArray(column, [...keys]));
      const found = new Map(rows.map((row) => [String(row[property]), row]));
      return keys.map((wanted) => found.get(String(wanted)));
    });
    return loader.load(key);
  }

  /** The first rows with that value, in the order of the table's key. */
  many(table: PgTable, property: string, key: unknown, first: number, fixed?: Fixed): Promise<Row[]> {
    if (first < 0 || first > mostRows) throw badInput(`a list has 0 to ${mostRows} rows, not ${first}`);
    if (!isKey(key)) return Promise.resolve([]);
    const column = columnOf(table, property);
    const order = keyOf(table).map((name) => columnOf(table, name));
    const loader = this.#loader(
      this.#many,
      `${nameOf(table, property)} ${first} ${fixed?.name ?? ''}`,
      async (keys) => {
        const columns = sql.join(
          order.map((part) => sql`${part}`),
          sql`, `,
        );
        const among = and(inArray(column, [...keys]), fixed?.condition);
        const rank = sql`row_number() OVER (PARTITION BY ${column} ORDER BY ${columns}) AS place`;
        const names = sql.join(
          order.map((part) => sql.identifier(part.name)),
          sql`, `,
        );
        const chosen = sql`SELECT ${names} FROM (SELECT ${columns}, ${rank} FROM ${table} WHERE ${among}) AS ranked WHERE place <= ${first}`;
        const rows: Row[] = await this.#database
          .select()
          .from(table)
          .where(sql`(${columns}) IN (${chosen})`)
          .orderBy(...order.map((part) => asc(part)));
        const found = Map.groupBy(rows, (row) => String(row[property]));
        return keys.map((wanted) => found.get(String(wanted)) ?? []);
      },
    );
    return loader.load(key);
  }

  #loader<V>(
    loaders: Map<string, DataLoader<Key, V>>,
    name: string,
    load: (keys: readonly Key[]) => Promise<V[]>,
  ): DataLoader<Key, V> {
    const known = loaders.get(name);
    if (known !== undefined) return known;
    const made = new DataLoader<Key, V>(load, { maxBatchSize: 1000 });
    loaders.set(name, made);
    return made;
  }
}

function isKey(key: unknown): key is Key {
  return (typeof key === 'number' && key !== 0) || (typeof key === 'string' && key !== '');
}

function columnOf(table: PgTable, property: string): Column {
  const column = getTableColumns(table)[property];
  if (column === undefined) throw new Error(`no column ${property}`);
  return column;
}

function nameOf(table: PgTable, property: string): string {
  return `${getTableName(table)} ${property}`;
}
