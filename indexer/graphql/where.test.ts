import { PgDialect } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { contributions } from '../views/contributions/tables.ts';
import { condition, type Where } from './where.ts';

function sqlOf(where: Where) {
  const made = condition(contributions, where);
  if (made === undefined) return undefined;
  const { sql, params } = new PgDialect().sqlToQuery(made);
  return { sql: sql.replaceAll('"indexer"."contributions".', ''), params };
}

test('all fields and operators of a where must hold', () => {
  expect(sqlOf({ kind: { _eq: 'data' }, id: { _gt: 3, _lte: 9 } })).toEqual({
    sql: '("kind" = $1 and ("id" > $2 and "id" <= $3))',
    params: ['data', 3, 9],
  });
});

test('AND, OR and NOT nest', () => {
  const where = { OR: [{ status: { _in: ['final', 'accepted'] } }, { NOT: { title: { _contains: 'penguin' } } }] };
  expect(sqlOf(where)).toEqual({
    sql: '("status" in ($1, $2) or not position($3 in "title") > 0)',
    params: ['final', 'accepted', 'penguin'],
  });
});

test('an OR of nothing holds for no row, an OR with an empty part for every row', () => {
  expect(sqlOf({ OR: [] })?.sql).toBe('false');
  expect(sqlOf({ OR: [{ id: { _eq: 1 } }, {}] })).toBeUndefined();
  expect(sqlOf({ NOT: {} })?.sql).toBe('false');
  expect(sqlOf({})).toBeUndefined();
});

test('_eq: null asks for rows without a value', () => {
  expect(sqlOf({ txHash: { _eq: null } })?.sql).toBe('"tx_hash" IS NULL');
  expect(sqlOf({ txHash: { _ne: null } })?.sql).toBe('"tx_hash" IS NOT NULL');
});

test('text of users only ever becomes a parameter', () => {
  const text = `'; DROP TABLE "indexer"."blocks"; --`;
  expect(sqlOf({ title: { _startsWith: text } })).toEqual({ sql: 'starts_with("title", $1)', params: [text] });
});

test('a list of values has an end', () => {
  expect(() => sqlOf({ id: { _in: Array.from({ length: 501 }, (_, index) => index) } })).toThrow('at most 500');
});
