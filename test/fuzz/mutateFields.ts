import type { Random } from '../sim/random.ts';
import { mutate } from './mutate.ts';

/** One field of a protobuf message as it stands on the wire. */
interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of a varint its bytes, else the content without its length. */
  readonly body: Uint8Array;
}

const varints: readonly bigint[] = [
  0n,
  1n,
  2n,
  127n,
  128n,
  (1n << 31n) - 1n,
  1n << 32n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
];

const texts = [
  '',
  '0',
  '-1',
  '1',
  'uinf',
  'other',
  '99999999999999999999999999',
  '1.5',
  '\u0000',
  'é',
  'x'.repeat(300),
];

/** Bytes like `input`: half of the time a message with other fields, else damaged anywhere. */
export function damage(random: Random, input: Uint8Array, other: Uint8Array): Uint8Array {
  return random.oneIn(2) ? mutateFields(random, input, other) : mutate(random, input, other);
}

/**
 * A protobuf message with one field changed, left out, doubled or moved at some depth, and all lengths right again: what
 * gets behind the first checks, where `mutate` seldom does. Bytes that are no message are left to `mutate`.
 */
export function mutateFields(random: Random, bytes: Uint8Array, other: Uint8Array, depth = 0): Uint8Array {
  const fields = readFields(bytes);
  if (fields === undefined || fields.length === 0) return mutate(random, bytes, other);
  const at = random.below(fields.length);
  const field = fields[at];
  if (field === undefined) return bytes;
  const [before, after] = [fields.slice(0, at), fields.slice(at + 1)];
  switch (random.below(12)) {
    case 0:
      return writeFields([...before, ...after]);
    case 1:
      return writeFields([...before, field, field, ...after]);
    case 2:
      return writeFields([...after, field, ...before]);
    case 3:
      return writeFields([...before, { ...field, number: 1 + random.below(20) }, ...after]);
    default:
      return writeFields([...before, { ...field, body: changed(random, field, other, depth) }, ...after]);
  }
}

function changed(random: Random, { wire, body }: Field, other: Uint8Array, depth: number): Uint8Array {
  if (wire === 0) return varint(random.oneIn(3) ? random.between(0n, 1n << 20n) : random.pick(varints));
  if (wire !== 2) return random.bytes(body.length);
  const nested = depth < 8 && body.length > 1 && !random.oneIn(6) ? readFields(body) : undefined;
  if (nested !== undefined && nested.length > 0) return mutateFields(random, body, other, depth + 1);
  if (random.oneIn(3)) return Buffer.from(random.pick(texts));
  return random.oneIn(4) ? random.bytes(random.pick([0, 1, 20, 32, 33, 64, 80])) : mutate(random, body, other);
}

/** Undefined for what is no protobuf message. */
function readFields(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    if (tag === undefined) return undefined;
    const wire = Number(tag.value & 7n);
    const number = Number(tag.value >> 3n);
    const size = wire === 2 ? readVarint(bytes, tag.end) : undefined;
    const start = wire === 2 ? size?.end : tag.end;
    const length = wire === 0 ? (readVarint(bytes, tag.end)?.end ?? Infinity) - tag.end : fixed(wire, size?.value);
    if (number === 0 || number > 100_000 || start === undefined || length === undefined) return undefined;
    if (start + length > bytes.length) return undefined;
    fields.push({ number, wire, body: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return fields;
}

function fixed(wire: number, size: bigint | undefined): number | undefined {
  if (wire === 2) return size === undefined || size > 1n << 24n ? undefined : Number(size);
  return wire === 1 ? 8 : wire === 5 ? 4 : undefined;
}

function readVarint(bytes: Uint8Array, start: number): { value: bigint; end: number } | undefined {
  let value = 0n;
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}

function writeFields(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(({ number, wire, body }) => {
      const tag = varint(BigInt(number * 8 + wire));
      return wire === 2 ? [tag, varint(BigInt(body.length)), body] : [tag, body];
    }),
  );
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}
