import { SpecError } from './fields.ts';
import type { JsonObject } from './operator.ts';

/** Numbers of an operator, rounded to the float32 that F computes with. */

/** Above 0, at most 1000. @throws SpecError */
export function learningRate(json: JsonObject, path: string): number {
  const rate = rounded(json, 'learning_rate');
  if (!(rate > 0 && rate <= 1000)) {
    throw new SpecError(`${path}.learning_rate`, 'must be a number above 0, at most 1000, that float32 can hold');
  }
  return rate;
}

/** Above 0 and below `limit`, as float32. @throws SpecError */
export function positive(json: JsonObject, path: string, key: string, limit: number): number {
  const value = rounded(json, key);
  if (!(value > 0 && value < limit)) {
    throw new SpecError(`${path}.${key}`, `must be a number above 0 and below ${limit}, also as float32`);
  }
  return value;
}

/** From 0 to 1, as float32. @throws SpecError */
export function fraction(json: JsonObject, path: string, key: string): number {
  const value = rounded(json, key);
  if (!(value >= 0 && value <= 1)) throw new SpecError(`${path}.${key}`, 'must be a number from 0 to 1');
  return value;
}

function rounded(json: JsonObject, key: string): number {
  const value = json[key];
  return typeof value === 'number' ? Math.fround(value) : Number.NaN;
}
