/**
 * A view of protobuf bytes as fields, without a schema: what a strict decoder needs to see the parts that generated
 * decoders skip silently. Protobuf encoding guide, "Message structure".
 */

/** One field as it stands on the wire. */
export interface WireField {
  readonly number: number;
  readonly type: 0 | 1 | 2 | 5;
  /** The content of a length-delimited field, else the raw bytes of the value. */
  readonly value: Uint8Array;
}

/** Bytes that are not a protobuf message. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

const maxFieldNumber = 536_870_911;

/** All fields in order. Throws a `WireError` on truncated values, groups, and tags or varints that are too long. */
export function readFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const [tag, start] = readVarint(bytes, offset);
    const number = Number(tag >> 3n);
    if (number < 1 || number > maxFieldNumber) throw new WireError(`field number ${number} is out of range`);
    const type = Number(tag & 7n);
    const [valueStart, end] = valueBounds(bytes, start, type, number);
    if (end > bytes.length) throw new WireError(`field ${number} ends ${end - bytes.length} bytes past the end`);
    if (type === 0 || type === 1 || type === 2 || type === 5) {
      fields.push({ number, type, value: bytes.subarray(valueStart, end) });
    }
    offset = end;
  }
  return fields;
}

function valueBounds(bytes: Uint8Array, start: number, type: number, number: number): readonly [number, number] {
  switch (type) {
    case 0:
      return [start, readVarint(bytes, start)[1]];
    case 1:
      return [start, start + 8];
    case 2: {
      const [length, valueStart] = readVarint(bytes, start);
      if (length > BigInt(bytes.length)) throw new WireError(`field ${number} claims ${length} bytes`);
      return [valueStart, valueStart + Number(length)];
    }
    case 5:
      return [start, start + 4];
    default:
      throw new WireError(`field ${number} has wire type ${type}, which proto3 does not use`);
  }
}

function readVarint(bytes: Uint8Array, start: number): readonly [bigint, number] {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new WireError('a varint is cut off');
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) {
      if (value >= 1n << 64n) throw new WireError('a varint is larger than 64 bits');
      return [value, start + index + 1];
    }
  }
  throw new WireError('a varint is longer than 10 bytes');
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
