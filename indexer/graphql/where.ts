import {
  and,
  type Column,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  lt,
  lte,
  ne,
  not,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { badInput } from './failure.ts';

export type Where = { readonly [field: string]: unknown };

/** A list is long enough to ask for a page's worth of rows by id. */
const mostValues = 500;

/** What a `where` input says as a condition; the schema has checked its shape. Undefined means every row. */
export function condition(table: PgTable, where: Where | null | undefined): SQL | undefined {
  if (where === null || where === undefined) return undefined;
  const columns = getTableColumns(table);
  return and(
    ...Object.entries(where).map(([field, value]) => {
      if (value === null || value === undefined) return undefined;
      if (field === 'AND') return and(...asList(value).map((part) => condition(table, part)));
      if (field === 'OR') return anyOf(table, asList(value));
      if (field === 'NOT') return negated(condition(table, asRecord(value)));
      const column = columns[field];
      if (column === undefined) throw badInput(`there is no field ${field}`);
      return and(...Object.entries(asRecord(value)).map(([operator, operand]) => compare(column, operator, operand)));
    }),
  );
}

function compare(column: Column, operator: string, operand: unknown): SQL | undefined {
  // `_eq: null` asks for rows without the value; elsewhere null means that the operator is not used.
  if (operand === null)
    return operator === '_eq' ? sql`${column} IS NULL` : operator === '_ne' ? sql`${column} IS NOT NULL` : undefined;
  switch (operator) {
    case '_eq':
      return eq(column, operand);
    case '_ne':
      return ne(column, operand);
    case '_in':
      return inArray(column, asValues(operand));
    case '_nin':
      return notInArray(column, asValues(operand));
    case '_gt':
      return gt(column, operand);
    case '_gte':
      return gte(column, operand);
    case '_lt':
      return lt(column, operand);
    case '_lte':
      return lte(column, operand);
    case '_contains':
      return sql`position(${String(operand)} in ${column}) > 0`;
    case '_startsWith':
      return sql`starts_with(${column}, ${String(operand)})`;
    case '_has':
      return sql`${column} @> ARRAY[${String(operand)}]::text[]`;
    default:
      throw badInput(`there is no operator ${operator}`);
  }
}

/** One part that every row fulfils makes all of them unimportant; no part at all is fulfilled by no row. */
function anyOf(table: PgTable, parts: readonly Where[]): SQL | undefined {
  const conditions = parts.map((part) => condition(table, part));
  if (conditions.length === 0) return sql`false`;
  return conditions.some((part) => part === undefined) ? undefined : or(...conditions);
}

function negated(part: SQL | undefined): SQL {
  return part === undefined ? sql`false` : not(part);
}

function asRecord(value: unknown): Where {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function asList(value: unknown): Where[] {
  return Array.isArray(value) ? value.map(asRecord) : [asRecord(value)];
}

function asValues(value: unknown): unknown[] {
  const values = Array.isArray(value) ? value : [value];
  if (values.length > mostValues) throw badInput(`at most ${mostValues} values fit into a list`);
  return values;
}
