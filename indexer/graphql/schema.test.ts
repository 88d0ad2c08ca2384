import { getTableColumns } from 'drizzle-orm';
import { buildSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { enumName } from './connection.ts';
import { type List, lists } from './lists.ts';
import { resolvers } from './resolvers.ts';
import { schemaText } from './server.ts';

const schema = buildSchema(`${schemaText('schema')}\n${schemaText('lists')}`);
const named: [string, List][] = Object.entries(lists);

test.each(named)('%s: every field to filter and to order by is a column', (name, { table, node, order }) => {
  const columns = getTableColumns(table);
  const where = schema.getType(`${node}Where`);
  const field = schema.getType(`${node}OrderField`);
  if (!isInputObjectType(where) || !isEnumType(field)) throw new Error(`${node} has no inputs`);
  const known = [...Object.keys(columns), 'AND', 'OR', 'NOT'];
  expect(Object.keys(where.getFields()).filter((property) => !known.includes(property))).toEqual([]);
  expect(field.getValues().map((value) => value.name)).toEqual(order.map(enumName));
  expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toContain(name);
});

test.each(named)('%s: every field of a row is a column or has a resolver', (_, { table, node }) => {
  const type = schema.getType(node);
  if (!isObjectType(type)) throw new Error(`${node} is no type`);
  const own: Record<string, unknown> = { ...Object.entries(resolvers).find(([name]) => name === node)?.[1] };
  const columns = getTableColumns(table);
  expect(Object.keys(type.getFields()).filter((field) => !(field in columns) && !(field in own))).toEqual([]);
});

test('every column is shown, but for the raw bytes of a transaction', () => {
  const hidden = named.flatMap(([, { table, node }]) => {
    const type = schema.getType(node);
    const shown = isObjectType(type) ? Object.keys(type.getFields()) : [];
    return Object.keys(getTableColumns(table))
      .filter((property) => !shown.includes(property))
      .map((property) => `${node}.${property}`);
  });
  expect(hidden).toEqual(['Transaction.raw']);
});
