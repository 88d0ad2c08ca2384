import { BinaryReader, BinaryWriter } from '../../../../sdk/codec/index.ts';
import { readAmount } from '../../../tx/coins.ts';
import { readField, varintEnd } from '../../../tx/wire.ts';
import {
  Concrete,
  findByPrefix,
  type GoField,
  GoStruct,
  type GoType,
  maxDepth,
  type Registered,
  type Value,
} from './types.ts';

/** Seconds of Go's zero time, the first moment of year 1. */
const zeroSeconds = -62_135_596_800n;
const nanosPerSecond = 1_000_000_000n;
/** go-amino takes the years 1 to 9999. */
const endSeconds = 253_402_300_800n;

/** A registered value with its prefix: amino's binary form. Throws where Go would refuse the value. */
export function encodeBinary({ registered, value }: Concrete): Uint8Array {
  return Buffer.concat([Buffer.from(registered.prefix, 'hex'), bareValue(registered.type, value)]);
}

/** Reads what `encodeBinary` writes. Throws on bytes that are none. */
export function decodeBinary(bytes: Uint8Array, wanted: Registered): Concrete {
  const prefix = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (prefix !== wanted.prefix) {
    const found = `${prefix.toUpperCase()}${bytes.length < 4 ? '' : '...'}`;
    throw new Error(
      `UnmarshalBinaryBare expected to read prefix bytes ${wanted.prefix.toUpperCase()} (since it is registered concrete) but got ${found}`,
    );
  }
  return new Concrete(wanted, readBare(bytes.subarray(4), wanted.type, 0));
}

/** Without a length in front, where the type has one inside of others. */
function bareValue(type: GoType, value: Value): Uint8Array {
  if (type.kind === 'interface') return value instanceof Concrete ? encodeBinary(value) : new Uint8Array();
  if (type.kind === 'struct') return structBytes(type.fields(), value);
  // Only keys are registered and no structs: bytes, which keep their length.
  return new BinaryWriter().bytes(content(type, value)).finish();
}

function structBytes(fields: readonly GoField[], value: Value): Uint8Array {
  const writer = new BinaryWriter();
  const values = value instanceof GoStruct ? value.values : new Map<string, Value>();
  for (const field of fields) {
    const held = values.get(field.name);
    const items = Array.isArray(held) ? held : [];
    if (!field.list) writeField(writer, field, held);
    else if (isVarint(field.type)) {
      if (items.length === 0) continue;
      const packed = new BinaryWriter();
      for (const item of items) packed.uint64(varint(item));
      writer.uint32((field.number << 3) | 2).bytes(packed.finish());
    } else for (const item of items) writer.uint32((field.number << 3) | 2).bytes(content(field.type, item));
  }
  return writer.finish();
}

/** Zero values are left out, and so is all whose content is empty unless it is behind a pointer. */
function writeField(writer: BinaryWriter, { number, type, pointer }: GoField, value: Value): void {
  if (pointer && value === undefined) return;
  if (isVarint(type)) {
    const integer = varint(value);
    if (integer !== 0n || pointer) writer.uint32(number << 3).uint64(integer);
    return;
  }
  const bytes = content(type, value);
  if (bytes.length > 0 || pointer) writer.uint32((number << 3) | 2).bytes(bytes);
}

function isVarint({ kind }: GoType): boolean {
  return kind === 'integer' || kind === 'bool' || kind === 'duration';
}

function varint(value: Value): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return BigInt.asUintN(64, typeof value === 'bigint' ? value : 0n);
}

function content(type: GoType, value: Value): Uint8Array {
  switch (type.kind) {
    case 'text':
      return Buffer.from(typeof value === 'string' ? value : '', 'utf8');
    case 'bytes':
      return value instanceof Uint8Array ? value : new Uint8Array();
    case 'amount':
    case 'decimal':
      return Buffer.from((typeof value === 'bigint' ? value : 0n).toString(), 'latin1');
    case 'time':
      return timeBytes(typeof value === 'bigint' ? value : zeroSeconds * nanosPerSecond);
    default:
      return bareValue(type, value);
  }
}

function timeBytes(time: bigint): Uint8Array {
  const nanos = ((time % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  const seconds = (time - nanos) / nanosPerSecond;
  const writer = new BinaryWriter();
  if (seconds !== 0n) writer.uint32(8).uint64(BigInt.asUintN(64, seconds));
  if (nanos !== 0n) writer.uint32(16).uint64(nanos);
  return writer.finish();
}

function readBare(bytes: Uint8Array, type: GoType, depth: number): Value {
  if (depth > maxDepth) throw new Error('values are nested too deep');
  if (type.kind === 'struct') return readStruct(bytes, type.fields(), depth);
  if (type.kind !== 'interface') return readContent(lengthDelimited(bytes), type, depth);
  if (bytes.length < 4) throw new Error('EOF while reading prefix bytes.');
  const registered = findByPrefix(Buffer.from(bytes.subarray(0, 4)).toString('hex'), type.name);
  return new Concrete(registered, readBare(bytes.subarray(4), registered.type, depth + 1));
}

function lengthDelimited(bytes: Uint8Array): Uint8Array {
  const start = varintEnd(bytes, 0);
  const length = new BinaryReader(bytes.subarray(0, start)).uint64();
  if (length !== BigInt(bytes.length - start)) throw new Error('bytes left over after reading interface contents');
  return bytes.subarray(start);
}

/** Fields come in their order, each once; those behind the last one are passed over. */
function readStruct(bytes: Uint8Array, fields: readonly GoField[], depth: number): GoStruct {
  const values = new Map<string, Value>();
  let at = 0;
  let last = 0;
  for (const field of fields) {
    const unpacked = field.list && !isVarint(field.type);
    const items: Value[] = [];
    let found = false;
    while (at < bytes.length) {
      const next = readField(bytes, at);
      if (next.number > field.number || (found && !unpacked)) break;
      if (next.number < field.number || (!unpacked && next.number <= last)) {
        throw new Error(`encountered fieldnNum: ${next.number}, but we have already seen fnum: ${last}`);
      }
      const wanted = isVarint(field.type) && !field.list ? 0 : 2;
      if (next.type !== wanted) {
        throw new Error(`expected field type ${wanted} for # ${field.number}, got ${next.type}`);
      }
      found = true;
      last = field.number;
      at = next.end;
      const value = bytes.subarray(next.start, next.end);
      if (unpacked) items.push(value.length === 0 ? emptyItem(field.type) : readContent(value, field.type, depth + 1));
      else
        values.set(field.name, field.list ? readPacked(value, field.type) : readContent(value, field.type, depth + 1));
    }
    if (items.length > 0) values.set(field.name, items);
    // Go's default for a time that is not there is 1970, but for one in a message that is not there the year 1.
    else if (!found && field.type.kind === 'time') values.set(field.name, 0n);
  }
  skipRest(bytes, at, last);
  return new GoStruct(values);
}

function emptyItem(type: GoType): Value {
  return type.kind === 'time' ? 0n : undefined;
}

function skipRest(bytes: Uint8Array, from: number, last: number): void {
  let at = from;
  let before = last;
  while (at < bytes.length) {
    const next = readField(bytes, at);
    if (next.number <= before) {
      throw new Error(`encountered fieldnNum: ${next.number}, but we have already seen fnum: ${before}`);
    }
    before = next.number;
    at = next.end;
  }
}

function readPacked(bytes: Uint8Array, type: GoType): Value[] {
  const items: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = varintEnd(bytes, at);
    items.push(readVarint(bytes.subarray(at, end), type));
    at = end;
  }
  return items;
}

function readVarint(bytes: Uint8Array, type: GoType): Value {
  const value = new BinaryReader(bytes).uint64();
  if (type.kind === 'bool') {
    if (value > 1n) throw new Error('invalid bool');
    return value === 1n;
  }
  if (type.kind === 'duration' || type.kind !== 'integer') return BigInt.asIntN(64, value);
  const { bits, signed } = type;
  const integer = signed ? BigInt.asIntN(64, value) : value;
  if (bits === 64) return integer;
  if (!signed) return BigInt.asUintN(32, integer);
  if (BigInt.asIntN(32, integer) !== integer) throw new Error('encoded integer value overflows int(32)');
  return integer;
}

function readContent(bytes: Uint8Array, type: GoType, depth: number): Value {
  switch (type.kind) {
    case 'text':
      return Buffer.from(bytes).toString('utf8');
    case 'bytes':
      return bytes.length === 0 ? undefined : bytes;
    case 'amount':
    case 'decimal':
      return bytes.length === 0 ? undefined : readAmount(Buffer.from(bytes).toString('latin1'));
    case 'time':
      return readTime(bytes);
    case 'struct':
    case 'interface':
      return readBare(bytes, type, depth);
    default:
      return readVarint(bytes, type);
  }
}

function readTime(bytes: Uint8Array): bigint {
  let [seconds, nanos] = [0n, 0n];
  for (let at = 0; at < bytes.length; ) {
    const { number, type, start, end } = readField(bytes, at);
    if (type !== 0 || number > 2)
      throw new Error(`expected field number 1 <Varint> or field number 2 <Varint> , got ${number}`);
    const value = new BinaryReader(bytes.subarray(start, end)).uint64();
    if (number === 1) seconds = BigInt.asIntN(64, value);
    else nanos = value;
    at = end;
  }
  if (seconds < zeroSeconds || seconds >= endSeconds) {
    throw new Error(`seconds have to be > ${zeroSeconds} and < ${endSeconds}, got: ${seconds}`);
  }
  if (nanos >= nanosPerSecond) throw new Error(`nanoseconds not in interval [0, 999999999] ${nanos}`);
  return seconds * nanosPerSecond + nanos;
}
