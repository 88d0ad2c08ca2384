import { and, asc, type Column, count as countRows, desc, getTableColumns, type SQL, sql } from 'drizzle-orm';
import { keyOf } from '../database/changes.ts';
import type { Database } from '../database/connect.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { badInput } from './failure.ts';
import type { List } from './lists.ts';
import { condition, type Where } from './where.ts';

export interface PageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly where?: Where | null;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null;
}

export type Row = Readonly<Record<string, unknown>>;

export interface Connection {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly nodes: readonly Row[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Counted only when it is asked for. */
  readonly totalCount: () => Promise<number>;
}

export const rowsPerPage = 50;
export const mostRows = 100;

/** A page of a list, as the Relay specification has it; `fixed` narrows the list to its parent. */
export async function page(database: Database, list: List, args: PageArgs, fixed?: SQL): Promise<Connection> {
  const { table } = list;
  const { size, backward } = readSize(args);
  const { columns, order, descending } = readOrder(list, args);
  const filter = and(fixed, condition(table, args.where));
  const names = columns.map(({ property }) => property);
  const after = args.after
    ? beyond(columns, decodeCursor(args.after, order, names.length).values, descending)
    : undefined;
  const before = args.before
    ? beyond(columns, decodeCursor(args.before, order, names.length).values, !descending)
    : undefined;
  const down = descending !== backward;
  const found: Row[] = await database
    .select()
    .from(table)
    .where(and(filter, after, before))
    .orderBy(...columns.map(({ column }) => (down ? desc(column) : asc(column))))
    .limit(size + 1);
  const more = found.length > size;
  const rows = backward ? found.slice(0, size).reverse() : found.slice(0, size);
  const edges = rows.map((node) => ({
    node,
    cursor: encodeCursor({ order, values: names.map((name) => String(node[name])) }),
  }));
  return {
    edges,
    nodes: rows,
    pageInfo: {
      hasNextPage: backward ? after !== undefined || before !== undefined : more,
      hasPreviousPage: backward ? more : after !== undefined,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: async () => {
      const [row] = await database.select({ total: countRows() }).from(table).where(filter);
      return row?.total ?? 0;
    },
  };
}

function readSize({ first, last }: PageArgs): { size: number; backward: boolean } {
  if (typeof first === 'number' && typeof last === 'number') throw badInput('give first or last, not both');
  const size = first ?? last ?? rowsPerPage;
  if (size < 0 || size > mostRows) throw badInput(`a page has 0 to ${mostRows} rows, not ${size}`);
  return { size, backward: typeof last === 'number' };
}

interface OrderColumn {
  readonly property: string;
  readonly column: Column;
}

/** The order's own column, then the key, so that no two rows are equal. */
function readOrder(list: List, { orderBy }: PageArgs): { columns: OrderColumn[]; order: string; descending: boolean } {
  const wanted = orderBy?.field;
  const property = list.order.find((name) => wanted === undefined || enumName(name) === wanted);
  if (property === undefined) throw badInput(`the list has no order ${wanted}`);
  const all = getTableColumns(list.table);
  const columns = [property, ...keyOf(list.table).filter((name) => name !== property)].flatMap((name) => {
    const column = all[name];
    return column === undefined ? [] : [{ property: name, column }];
  });
  const descending = (orderBy?.direction ?? list.direction) === 'DESC';
  return { columns, order: `${property} ${descending ? 'DESC' : 'ASC'}`, descending };
}

/** `submittedHeight` is `SUBMITTED_HEIGHT` in the schema. */
export function enumName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Rows after a place in the order, compared as a tuple so that an index serves it. */
function beyond(columns: readonly OrderColumn[], values: readonly string[], descending: boolean): SQL {
  const left = sql.join(
    columns.map(({ column }) => sql`${column}`),
    sql`, `,
  );
  const right = sql.join(
    values.map((value, index) => sql`${value}::${sql.raw(typeOf(columns[index]))}`),
    sql`, `,
  );
  return descending ? sql`(${left}) < (${right})` : sql`(${left}) > (${right})`;
}

function typeOf(column: OrderColumn | undefined): string {
  return column?.column.getSQLType() ?? 'text';
}
