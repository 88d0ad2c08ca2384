import { fail, sdkErrors } from '../errors.ts';
import { equalBytes, readFields, WireError, type WireField } from './wire.ts';

/** Messages nested deeper than this are refused: no message of ours comes near. */
const maxDepth = 32;

/**
 * Refuses fields that a decoder skipped: `original` is compared with what the decoded message encodes to.
 *
 * Clients may spell the same message in other ways (fields in another order, zero written out), so the comparison goes
 * field by field. A field that got lost is unknown: refused with `sdk` 2, unless its number is marked non-critical (bit 11
 * set, ADR-020) where those are allowed. Fields are compared as messages where their bytes differ.
 */
export function rejectUnknownFields(
  original: Uint8Array,
  reencoded: Uint8Array,
  name: string,
  nonCritical: 'allow' | 'refuse' = 'allow',
): void {
  try {
    compare(original, reencoded, name, nonCritical === 'allow', 0);
  } catch (error) {
    if (error instanceof WireError) fail(sdkErrors.txDecode, `${name}: ${error.message}`);
    throw error;
  }
}

function compare(original: Uint8Array, reencoded: Uint8Array, path: string, allow: boolean, depth: number): void {
  if (equalBytes(original, reencoded)) return;
  if (depth > maxDepth) throw new WireError(`nested deeper than ${maxDepth}`);
  const given = byNumber(readFields(original));
  const kept = byNumber(readFields(reencoded));
  for (const [number, fields] of given) {
    const counterparts = kept.get(number) ?? [];
    if (counterparts.length > 0 && counterparts.length < fields.length) {
      throw new WireError(`field ${number} is there more than once`);
    }
    for (const [index, field] of fields.entries()) {
      const counterpart = counterparts[index];
      if (counterpart === undefined) rejectLost(field, path, allow);
      else if (counterpart.type !== field.type) throw new WireError(`field ${number} has the wrong wire type`);
      else if (field.type === 2) compare(field.value, counterpart.value, `${path}.${number}`, allow, depth + 1);
      else if (!equalBytes(field.value, counterpart.value)) {
        throw new WireError(`field ${number} is not written in its shortest form`);
      }
    }
  }
  for (const [number, fields] of kept) {
    // Some encoders always write the messages that Go cannot leave out, empty where the client sent none.
    const extra = fields.slice(given.get(number)?.length ?? 0);
    if (!extra.every(isEmpty)) {
      throw new WireError(`field ${number} was not read as it was written`);
    }
  }
}

function byNumber(fields: readonly WireField[]): Map<number, WireField[]> {
  const lists = new Map<number, WireField[]>();
  for (const field of fields) {
    const list = lists.get(field.number);
    if (list === undefined) lists.set(field.number, [field]);
    else list.push(field);
  }
  return lists;
}

function rejectLost(field: WireField, path: string, allow: boolean): void {
  const nonCritical = ((field.number >> 10) & 1) === 1;
  // Encoders leave zero values out; an unknown field with a zero value is as harmless.
  if ((allow && nonCritical) || isZero(field)) return;
  throw new WireError(`unknown field ${field.number} of ${path}`);
}

function isZero(field: WireField): boolean {
  return field.type === 2 ? field.value.length === 0 : field.value.every((byte) => (byte & 0x7f) === 0);
}

/** A zero value, or a message of nothing else. */
function isEmpty(field: WireField): boolean {
  return isZero(field) || (field.type === 2 && readFields(field.value).every(isEmpty));
}

/** Refuses bytes that are not exactly the canonical encoding (ADR-027). */
export function requireCanonical(original: Uint8Array, reencoded: Uint8Array, name: string): void {
  if (equalBytes(original, reencoded)) return;
  rejectUnknownFields(original, reencoded, name, 'refuse');
  fail(sdkErrors.txDecode, `${name} is not in the canonical encoding of ADR-027`);
}
