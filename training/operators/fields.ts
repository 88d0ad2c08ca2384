import type { JsonObject } from './operator.ts';

/** A specification that is refused; `path` names the field. */
export class SpecError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.name = 'SpecError';
    this.path = path;
  }
}

export function objectField(json: JsonObject, path: string, key: string): JsonObject {
  return asObject(json[key], `${path}.${key}`);
}

export function asObject(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SpecError(path, 'must be an object');
  return { ...value };
}

/** Refuses fields that the opset does not know, so that two readers never understand one document differently. */
export function onlyFields(json: JsonObject, path: string, known: readonly string[]): void {
  for (const key of Object.keys(json)) {
    if (!known.includes(key)) throw new SpecError(`${path}.${key}`, `is not known; known here: ${known.join(', ')}`);
  }
}

export function integerField(json: JsonObject, path: string, key: string, least: number, most: number): number {
  const value = json[key];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new SpecError(`${path}.${key}`, `must be an integer from ${least} to ${most}`);
  }
  return value;
}

/** The row of a table that a field names. */
export function namedRow<Row>(table: Readonly<Record<string, Row>>, name: unknown, path: string): Row {
  const row = typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
  if (row === undefined) throw new SpecError(path, `must be one of ${Object.keys(table).join(', ')}`);
  return row;
}
