/**
 * A view of protobuf bytes without a schema: what a strict decoder needs to see the parts that generated decoders skip
 * silently. Protobuf encoding guide, "Message structure".
 */

/** Bytes that are not a protobuf message. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

/** One field: its number, wire type, and where its value lies (of length-delimited ones, the content). */
export interface WireField {
  readonly number: number;
  /** 0 varint, 1 fixed64, 2 bytes, 5 fixed32; groups are refused. */
  readonly type: 0 | 1 | 2 | 5;
  readonly start: number;
  /** One past the value's last byte; the next field begins here. */
  readonly end: number;
}

const typeNames = ['varint', 'fixed64', 'bytes', 'start_group', 'end_group', 'fixed32'] as const;
const maxFieldNumber = 536_870_911;

/** Name of a wire type as the SDK's errors write it. */
export function wireTypeName(type: number): string {
  return typeNames[type] ?? `unknown type: ${type}`;
}

/**
 * The field that begins at `offset` in a message that ends at `limit`. Throws a `WireError` on truncated values, groups and
 * varints that are too long.
 */
export function readField(bytes: Uint8Array, offset: number, limit = bytes.length): WireField {
  const tagEnd = varintEnd(bytes, offset, limit);
  // A tag has 32 bits: more could not be told from another one by decoders that cut it off.
  if (tagEnd - offset > 5) throw new WireError('a field number is out of range');
  const tag = smallVarint(bytes, offset, tagEnd);
  const number = Math.floor(tag / 8);
  const type = tag % 8;
  if (number < 1 || number > maxFieldNumber) throw new WireError(`field number ${number} is out of range`);
  switch (type) {
    case 0:
      return { number, type, start: tagEnd, end: varintEnd(bytes, tagEnd, limit) };
    case 1:
      return within(limit, { number, type, start: tagEnd, end: tagEnd + 8 });
    case 2: {
      const start = varintEnd(bytes, tagEnd, limit);
      if (start - tagEnd > 5) throw new WireError(`field ${number} claims more bytes than there are`);
      return within(limit, { number, type, start, end: start + smallVarint(bytes, tagEnd, start) });
    }
    case 5:
      return within(limit, { number, type, start: tagEnd, end: tagEnd + 4 });
    default:
      throw new WireError(`field ${number} has wire type ${wireTypeName(type)}, which proto3 does not use`);
  }
}

function within(limit: number, field: WireField): WireField {
  const over = field.end - limit;
  if (over > 0) throw new WireError(`field ${field.number} ends ${over} bytes past the end`);
  return field;
}

/** One past the last byte of the varint at `offset`. Throws a `WireError` on one that is cut off or over 64 bits. */
export function varintEnd(bytes: Uint8Array, offset: number, limit = bytes.length): number {
  for (let index = 0; index < 10; index++) {
    const byte = offset + index < limit ? bytes[offset + index] : undefined;
    if (byte === undefined) throw new WireError('a varint is cut off');
    if (byte < 0x80) {
      if (index === 9 && byte > 1) throw new WireError('a varint is larger than 64 bits');
      return offset + index + 1;
    }
  }
  throw new WireError('a varint is longer than 10 bytes');
}

/** Value of a varint of at most 7 bytes, exact; of longer ones the low 49 bits. */
export function smallVarint(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let factor = 1;
  for (let at = start; at < end && at < start + 7; at++, factor *= 128) value += ((bytes[at] ?? 0) & 0x7f) * factor;
  return value;
}

/** Whether a varint could be written in fewer bytes. */
export function isPadded(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > 1 && bytes[end - 1] === 0;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
