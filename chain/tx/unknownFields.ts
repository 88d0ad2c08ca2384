import { isUtf8 } from 'node:buffer';
import { fail, sdkErrors } from '../errors.ts';
import { type FieldSchema, type MessageSchema, requireSchema, schemas } from './schema.ts';
import { isPadded, readField, smallVarint, varintEnd, WireError, type WireField, wireTypeName } from './wire.ts';

/** Messages nested deeper than this are refused: no message of ours comes near. */
const maxDepth = 32;
/** Anys within Anys: a grant of a grant of a send has three. The SDK's own limit for unpacking is 10. */
const maxAnyDepth = 10;

const anySchema = requireSchema('google.protobuf.Any');

/** What was met on the way. */
export interface Unknowns {
  /** Whether there is an unknown field whose number says that it may be ignored. */
  readonly nonCritical: boolean;
}

/**
 * Refuses what a decoder would skip or read in its own way, at every depth, the contents of `Any` included: unknown
 * fields (ADR-020: bit 11 of the number says "not critical", such ones pass if `nonCritical` allows), a wire type of
 * another kind of field, a single field twice, a number that is padded or too large for its type, text that is not UTF-8.
 * Fields may come in any order, and zero values be written out. Throws `sdk` 2 with the SDK's text where it has one.
 */
export function rejectUnknownFields(
  bytes: Uint8Array,
  schema: MessageSchema,
  nonCritical: 'allow' | 'refuse' = 'allow',
): Unknowns {
  const walk = new Walk(nonCritical === 'allow');
  try {
    walk.message(bytes, 0, bytes.length, schema, 0, 0);
  } catch (error) {
    if (error instanceof WireError) fail(sdkErrors.txDecode, error.message);
    throw error;
  }
  return { nonCritical: walk.nonCritical };
}

class Walk {
  nonCritical = false;
  readonly #allow: boolean;

  constructor(allow: boolean) {
    this.#allow = allow;
  }

  message(bytes: Uint8Array, start: number, end: number, schema: MessageSchema, depth: number, anys: number): void {
    if (depth > maxDepth) throw new WireError(`nested deeper than ${maxDepth}`);
    // Fields up to 31 as bits, which is nearly all.
    let seenLow = 0;
    const seenHigh: number[] = [];
    for (let offset = start; offset < end; ) {
      const field = readField(bytes, offset, end);
      offset = field.end;
      const known = schema.fields.get(field.number);
      if (known === undefined) {
        this.#unknown(schema, field);
        continue;
      }
      const { number } = field;
      const isAgain = number < 32 ? (seenLow & (1 << number)) !== 0 : seenHigh.includes(number);
      if (isAgain && !known.repeated) {
        throw new WireError(`field ${number} of ${schema.name} is there more than once`);
      }
      if (number < 32) seenLow |= 1 << number;
      else if (!isAgain) seenHigh.push(number);
      if (field.type !== known.wireType && !(known.packable && field.type === 2)) mismatch(schema, field, known);
      this.#value(bytes, field, known, schema, depth, anys);
    }
  }

  #unknown(schema: MessageSchema, { number, type }: WireField): void {
    const critical = ((number >> 10) & 1) === 0;
    if (!critical) this.nonCritical = true;
    if (!critical && this.#allow) return;
    const what = `{TagNum: ${number}, WireType:${JSON.stringify(wireTypeName(type))}}`;
    throw new WireError(`errUnknownField ${JSON.stringify(schema.goName)}: ${what}`);
  }

  #value(
    bytes: Uint8Array,
    field: WireField,
    known: FieldSchema,
    schema: MessageSchema,
    depth: number,
    anys: number,
  ): void {
    const { start, end, type } = field;
    switch (known.kind) {
      case 'message': {
        const child = schemas.get(known.messageName);
        if (child === undefined) throw new WireError(`failed to retrieve the message of type "${known.messageName}"`);
        this.message(bytes, start, end, child, depth + 1, anys);
        return;
      }
      case 'any':
        this.#any(bytes, start, end, depth, anys);
        return;
      case 'text':
        if (isAscii(bytes, start, end) || isUtf8(bytes.subarray(start, end))) return;
        throw new WireError(`field ${field.number} of ${schema.name} is not UTF-8`);
      case 'bytes':
        return;
      case 'fixed':
        if (type !== 2 || (end - start) % (known.wireType === 1 ? 8 : 4) === 0) return;
        throw new WireError(`field ${field.number} of ${schema.name} is cut off`);
      default:
        // A packed field is a list of them.
        for (let at = start; at < end; ) {
          const next = varintEnd(bytes, at);
          if (next > end) throw new WireError(`field ${field.number} of ${schema.name} is cut off`);
          requireNumber(bytes, at, next, known.kind, field, schema);
          at = next;
        }
    }
  }

  #any(bytes: Uint8Array, start: number, end: number, depth: number, anys: number): void {
    if (anys >= maxAnyDepth) throw new WireError('max recursion depth exceeded');
    this.message(bytes, start, end, anySchema, depth + 1, anys);
    const { typeUrl, valueStart, valueEnd } = readAny(bytes, start, end);
    const content = typeUrl.startsWith('/') ? schemas.get(typeUrl.slice(1)) : undefined;
    if (content === undefined) throw new WireError(`unable to resolve type URL ${typeUrl}`);
    this.message(bytes, valueStart, valueEnd, content, depth + 2, anys + 1);
  }
}

function mismatch(schema: MessageSchema, { number, type }: WireField, { wireType }: FieldSchema): never {
  const names = [type, wireType].map((one) => JSON.stringify(wireTypeName(one)));
  const what = `{TagNum: ${number}, GotWireType: ${names[0]} != WantWireType: ${names[1]}}`;
  throw new WireError(`Mismatched ${JSON.stringify(schema.goName)}: ${what}`);
}

/** The two fields of an `Any` whose own fields have been checked; where its value lies. */
function readAny(bytes: Uint8Array, start: number, end: number) {
  let typeUrl = '';
  let valueStart = 0;
  let valueEnd = 0;
  for (let offset = start; offset < end; ) {
    const field = readField(bytes, offset, end);
    offset = field.end;
    if (field.number === 1) typeUrl = Buffer.from(bytes.subarray(field.start, field.end)).toString('utf8');
    if (field.number === 2) {
      valueStart = field.start;
      valueEnd = field.end;
    }
  }
  return { typeUrl, valueStart, valueEnd };
}

/** Quicker than a view for `isUtf8`: nearly all text is. */
function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) >= 0x80) return false;
  return true;
}

/** A number that two decoders could read differently is refused: padded, or beyond its type. */
function requireNumber(
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: FieldSchema['kind'],
  { number }: WireField,
  { name }: MessageSchema,
): void {
  if (isPadded(bytes, start, end))
    throw new WireError(`field ${number} of ${name} is not written in its shortest form`);
  if (kind === 'uint64' || fits(bytes, start, end, kind)) return;
  throw new WireError(`field ${number} of ${name} is beyond its type`);
}

function fits(bytes: Uint8Array, start: number, end: number, kind: FieldSchema['kind']): boolean {
  if (kind === 'bool') return end - start === 1 && (bytes[start] ?? 0) <= 1;
  const value = smallVarint(bytes, start, end);
  if (kind === 'uint32') return end - start <= 5 && value < 2 ** 32;
  if (end - start <= 5) return value < 2 ** 31;
  // A negative int32 is written as the 64-bit number: its upper 33 bits are ones.
  if (end - start !== 10 || bytes[end - 1] !== 1) return false;
  const upper = bytes.subarray(start + 4, end - 1);
  return upper.every((byte, index) => (index === 0 ? (byte & 0xf8) === 0xf8 : byte === 0xff));
}
