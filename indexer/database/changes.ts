import { getTableColumns, getTableName } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';

export type Row<T extends PgTable> = T['$inferInsert'];

type Kind = 'insert' | 'ensure' | 'put' | 'update' | 'add';

/** What is to become of one row. `values` are by property name of the table's declaration. */
export interface Change {
  readonly kind: Kind;
  readonly values: Record<string, unknown>;
}

/**
 * What a batch of blocks changes, collected row by row and written in one go: a view's handlers stay synchronous, and a
 * row that changes often is written once. Later changes of a row join the earlier ones of the batch.
 */
export class Changes {
  readonly #tables = new Map<PgTable, Map<string, Change>>();

  /** A new row. Throws if this batch has it already. */
  insert<T extends PgTable>(table: T, row: Row<T>): void {
    if (this.#find(table, row) !== undefined)
      throw new Error(`${getTableName(table)}: ${this.#key(table, row)} is there twice`);
    this.#set(table, { kind: 'insert', values: { ...row } });
  }

  /** A new row, unless it exists; then nothing. */
  ensure<T extends PgTable>(table: T, row: Row<T>): void {
    if (this.#find(table, row) === undefined) this.#set(table, { kind: 'ensure', values: { ...row } });
  }

  /** A new row, or these columns of the one that exists. */
  put<T extends PgTable>(table: T, row: Row<T>): void {
    const earlier = this.#find(table, row);
    const kind = earlier?.kind === 'insert' ? 'insert' : 'put';
    this.#set(table, { kind, values: { ...earlier?.values, ...row } });
  }

  /** Some columns of a row that exists; `row` holds its key and the new values. Nothing if it does not. */
  update<T extends PgTable>(table: T, row: Partial<Row<T>>): void {
    const earlier = this.#find(table, row);
    if (earlier?.kind === 'ensure')
      throw new Error(`${getTableName(table)}: a row that may exist cannot be updated at once`);
    this.#set(table, { kind: earlier?.kind ?? 'update', values: { ...earlier?.values, ...row } });
  }

  /** Adds to columns of integers, and sets the others that `row` names; a row that does not exist begins with the sums. */
  add<T extends PgTable>(table: T, row: Partial<Row<T>>, sums: { readonly [column: string]: bigint }): void {
    const earlier = this.#find(table, row);
    if (earlier !== undefined && earlier.kind !== 'add') {
      throw new Error(`${getTableName(table)}: a row that is ${earlier.kind} cannot be added to in the same batch`);
    }
    const values: Record<string, unknown> = { ...earlier?.values, ...row };
    for (const [column, value] of Object.entries(sums)) {
      const before = earlier?.values[column];
      values[column] = (before === undefined ? 0n : BigInt(String(before))) + value;
    }
    this.#set(table, { kind: earlier?.kind ?? 'add', values });
  }

  /** Everything collected, table by table in the order of first use. */
  *entries(): Generator<readonly [PgTable, readonly Change[]]> {
    for (const [table, rows] of this.#tables) yield [table, [...rows.values()]];
  }

  #find(table: PgTable, row: object): Change | undefined {
    return this.#tables.get(table)?.get(this.#key(table, row));
  }

  #set(table: PgTable, change: Change): void {
    const rows = this.#tables.get(table) ?? new Map<string, Change>();
    rows.set(this.#key(table, change.values), change);
    this.#tables.set(table, rows);
  }

  #key(table: PgTable, row: object): string {
    const values = new Map(Object.entries(row));
    return JSON.stringify(
      keyOf(table).map((property) => {
        const value: unknown = values.get(property);
        if (value === undefined) throw new Error(`${getTableName(table)}: a row lacks its key ${property}`);
        return String(value);
      }),
    );
  }
}

const keys = new WeakMap<PgTable, readonly string[]>();

/** Property names of a table's primary key. */
export function keyOf(table: PgTable): readonly string[] {
  const known = keys.get(table);
  if (known !== undefined) return known;
  const { columns, primaryKeys } = getTableConfig(table);
  const names = new Set([
    ...columns.filter(({ primary }) => primary).map(({ name }) => name),
    ...primaryKeys.flatMap((key) => key.columns.map(({ name }) => name)),
  ]);
  const properties = Object.entries(getTableColumns(table)).filter(([, { name }]) => names.has(name));
  if (properties.length === 0) throw new Error(`${getTableName(table)} has no primary key`);
  const found = properties.map(([property]) => property);
  keys.set(table, found);
  return found;
}
