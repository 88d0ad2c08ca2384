import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { badInput } from './failure.ts';

/** A literal in the query is held to the same rules as a variable. */
function literal(node: ValueNode): unknown {
  if (node.kind === Kind.INT) return node.value;
  if (node.kind === Kind.STRING) return node.value;
  throw badInput(`a number or a text is expected, not ${node.kind}`);
}

function readLong(value: unknown): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw badInput(`not a whole number: ${String(value)}`);
  return number;
}

function readInteger(value: unknown): string {
  const text = String(value);
  if (!/^-?\d{1,100}$/.test(text)) throw badInput(`not a whole number: ${text.slice(0, 100)}`);
  return text;
}

function readTime(value: unknown): string {
  const time = new Date(String(value));
  if (Number.isNaN(time.getTime())) throw badInput(`not an ISO 8601 time: ${String(value).slice(0, 100)}`);
  return String(value);
}

/** Postgres writes `2026-11-23 22:33:22.123456+00`. */
export function isoTime(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return String(value)
    .replace(' ', 'T')
    .replace(/\+00(:00)?$/, 'Z');
}

export const scalars = {
  Long: new GraphQLScalarType<number, number>({
    name: 'Long',
    serialize: readLong,
    parseValue: readLong,
    parseLiteral: (node) => readLong(literal(node)),
  }),
  BigInt: new GraphQLScalarType<string, string>({
    name: 'BigInt',
    serialize: readInteger,
    parseValue: readInteger,
    parseLiteral: (node) => readInteger(literal(node)),
  }),
  DateTime: new GraphQLScalarType<string, string>({
    name: 'DateTime',
    serialize: isoTime,
    parseValue: readTime,
    parseLiteral: (node) => readTime(literal(node)),
  }),
};
