import { z } from 'zod';
import { ObjectiveUnusable } from './errors.ts';

/** How an objective says what its tables look like; the JSON's fields are described in the README. */
const name = z.string().min(1).max(128);
const names = (most: number) => z.array(name).max(most);

const column = z.strictObject({
  name,
  type: z.enum(['number', 'integer', 'text', 'boolean', 'timestamp']),
  required: z.boolean().default(false),
  min: z.number().optional(),
  max: z.number().optional(),
  values: z.array(z.string().min(1).max(256)).min(1).max(256).optional(),
  pattern: z.string().min(1).max(256).optional(),
});

const shape = z.strictObject({
  columns: z.array(column).min(1).max(64),
  keys: names(8).default([]),
  dependencies: z
    .array(z.strictObject({ from: names(8).min(1), to: name }))
    .max(16)
    .default([]),
  timestamp: z.strictObject({ column: name, half_life_seconds: z.int().min(1).max(10_000_000_000) }).optional(),
  impact: z.strictObject({ label: name, features: names(64).min(1), k: z.int().min(1).max(100) }).optional(),
});

export type TableSchema = z.infer<typeof shape>;
export type Column = TableSchema['columns'][number];

/** Throws ObjectiveUnusable that names the field. */
export function parseSchema(json: string): TableSchema {
  const parsed = shape.safeParse(readJson(json));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ObjectiveUnusable(`schema ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
  }
  checkReferences(parsed.data);
  return parsed.data;
}

export function columnNamed(schema: TableSchema, wanted: string, path: string): Column {
  const found = schema.columns.find((candidate) => candidate.name === wanted);
  if (found === undefined) throw new ObjectiveUnusable(`schema ${path}: no column ${JSON.stringify(wanted)}`);
  return found;
}

export function isNumeric(candidate: Column): boolean {
  return candidate.type === 'number' || candidate.type === 'integer';
}

/** The exact decimal text of a bound, as ECMAScript writes the number: twelve digits, six places, no exponent. */
export function decimalText(value: number): string {
  const text = String(value);
  if (!/^-?\d{1,12}(\.\d{1,6})?$/.test(text)) throw new ObjectiveUnusable(`schema: ${text} is not a plain decimal`);
  return text;
}

function checkReferences(schema: TableSchema): void {
  const all = schema.columns.map((candidate) => candidate.name.toLowerCase());
  if (new Set(all).size < all.length) throw new ObjectiveUnusable('schema columns: two have the same name');
  for (const candidate of schema.columns) checkBounds(candidate);
  for (const key of schema.keys) columnNamed(schema, key, 'keys');
  for (const { from, to } of schema.dependencies) {
    for (const source of [...from, to]) columnNamed(schema, source, 'dependencies');
  }
  if (schema.timestamp !== undefined) {
    const { type } = columnNamed(schema, schema.timestamp.column, 'timestamp.column');
    if (type !== 'timestamp') throw new ObjectiveUnusable('schema timestamp.column: not of type timestamp');
  }
  if (schema.impact === undefined) return;
  columnNamed(schema, schema.impact.label, 'impact.label');
  for (const feature of schema.impact.features) {
    const { max, min, type } = columnNamed(schema, feature, 'impact.features');
    if (type !== 'number' && type !== 'integer') throw new ObjectiveUnusable(`schema: feature ${feature} is no number`);
    if (min === undefined || max === undefined || min >= max) {
      throw new ObjectiveUnusable(`schema: feature ${feature} needs min < max, which it is scaled by`);
    }
  }
}

function checkBounds(candidate: Column): void {
  for (const bound of [candidate.min, candidate.max]) {
    if (bound === undefined) continue;
    if (!isNumeric(candidate)) throw new ObjectiveUnusable(`schema: ${candidate.name} has a range but is no number`);
    decimalText(bound);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ObjectiveUnusable('schema: not JSON');
  }
}
