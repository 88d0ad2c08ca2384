import { base64, decimalWithoutPoint, decimalWithPoint } from '../../../api/json/text.ts';
import { parseTime } from '../../../time.ts';
import { encodeText } from '../../../tx/amino/encode.ts';
import { timestampText } from '../../../tx/amino/times.ts';
import { readAmount } from '../../../tx/coins.ts';
import {
  Concrete,
  findByName,
  type GoField,
  GoStruct,
  type GoType,
  maxDepth,
  type Registered,
  type Value,
} from './types.ts';

const nanosPerSecond = 1_000_000_000n;
const zeroTime = -62_135_596_800n * nanosPerSecond;

/** A registered value as go-amino's JSON: fields in the order of the Go type, numbers of 64 bits as text. */
export function encodeJson({ registered, value }: Concrete): string {
  return `{"type":${encodeText(registered.name)},"value":${valueJson(registered.json, named(registered, value))}}`;
}

/** Some fields have another name in JSON than in binary: values go over by their place. */
function named({ type, json }: Registered, value: Value, back = false): Value {
  if (type === json || type.kind !== 'struct' || json.kind !== 'struct' || !(value instanceof GoStruct)) return value;
  const [from, to] = back ? [json.fields(), type.fields()] : [type.fields(), json.fields()];
  return new GoStruct(new Map(to.map(({ name }, index) => [name, value.values.get(from[index]?.name ?? '')])));
}

function structJson(fields: readonly GoField[], value: Value): string {
  const values = value instanceof GoStruct ? value.values : new Map<string, Value>();
  const parts = fields.flatMap((field) => {
    const held = values.get(field.name);
    if (field.omitEmpty && isEmpty(field, held)) return [];
    return [`${encodeText(field.name)}:${fieldJson(field, held)}`];
  });
  return `{${parts.join(',')}}`;
}

function isEmpty({ list, pointer, type }: GoField, value: Value): boolean {
  if (list) return !Array.isArray(value) || value.length === 0;
  if (value === undefined) return pointer || type.kind !== 'struct' ? true : type.fields().length > 0;
  if (pointer) return false;
  if (type.kind === 'amount' || type.kind === 'decimal') return false;
  return value === '' || value === 0n || value === false || (value instanceof Uint8Array && value.length === 0);
}

function fieldJson({ list, coins, pointer, type }: GoField, value: Value): string {
  if (list) {
    if (!Array.isArray(value)) return coins ? '[]' : 'null';
    return `[${value.map((item) => valueJson(type, item)).join(',')}]`;
  }
  return pointer && value === undefined ? 'null' : valueJson(type, value);
}

function valueJson(type: GoType, value: Value): string {
  switch (type.kind) {
    case 'text':
      return encodeText(typeof value === 'string' ? value : '');
    case 'bytes':
      return value instanceof Uint8Array ? `"${base64(value)}"` : 'null';
    case 'bool':
      return value === true ? 'true' : 'false';
    case 'integer':
      return type.bits === 64 ? `"${integer(value)}"` : integer(value).toString();
    case 'duration':
    case 'amount':
      return `"${integer(value)}"`;
    case 'decimal':
      return value === undefined ? 'null' : `"${decimalWithPoint(integer(value).toString())}"`;
    case 'time':
      return timeJson(typeof value === 'bigint' ? value : zeroTime);
    case 'struct':
      return structJson(type.fields(), value);
    case 'interface':
      return value instanceof Concrete ? encodeJson(value) : 'null';
  }
}

function integer(value: Value): bigint {
  return typeof value === 'bigint' ? value : 0n;
}

function timeJson(time: bigint): string {
  const nanos = ((time % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  return timestampText((time - nanos) / nanosPerSecond, nanos);
}

/** Reads go-amino's JSON of one registered type. Throws on anything else, as Go does, if not always in its words. */
export function decodeJson(text: string, wanted: Registered): Concrete {
  const { type, value } = wrapper(parse(text));
  if (type !== wanted.name)
    throw new Error(`UnmarshalJSON wants to decode a ${wanted.name} but found a ${type.slice(0, 200)}`);
  return new Concrete(wanted, named(wanted, readValue(wanted.json, value, 0), true));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const first = text.trimStart().charAt(0);
    const why =
      first === '' || /[{["\d-]|[tfn]/.test(first)
        ? 'unexpected end of JSON input'
        : `invalid character '${first}' looking for beginning of value`;
    throw new Error(`cannot parse disfix JSON wrapper: ${why}`);
  }
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function wrapper(json: unknown): { type: string; value: unknown } {
  if (!isObject(json)) throw new Error('cannot parse disfix JSON wrapper: not an object');
  if (typeof json.type !== 'string' || json.type === '') {
    throw new Error('JSON encoding of interfaces require non-empty type field.');
  }
  if (!Object.hasOwn(json, 'value')) throw new Error('interface JSON wrapper should have non-empty value field');
  return { type: json.type, value: json.value };
}

function readStruct(fields: readonly GoField[], json: unknown, depth: number): GoStruct {
  if (!isObject(json)) throw new Error(`a JSON object was expected, not ${show(json)}`);
  return new GoStruct(
    new Map(
      fields.map((field) => {
        const held = Object.hasOwn(json, field.name) ? json[field.name] : undefined;
        return [field.name, held === undefined || held === null ? undefined : readField(field, held, depth)];
      }),
    ),
  );
}

function readField({ list, type }: GoField, json: unknown, depth: number): Value {
  if (!list) return readValue(type, json, depth);
  if (!Array.isArray(json)) throw new Error(`a JSON list was expected, not ${show(json)}`);
  return json.length === 0 ? undefined : json.map((item) => (item === null ? undefined : readValue(type, item, depth)));
}

function readValue(type: GoType, json: unknown, depth: number): Value {
  if (depth > maxDepth) throw new Error('values are nested too deep');
  if (json === null) return undefined;
  switch (type.kind) {
    case 'struct':
      return readStruct(type.fields(), json, depth + 1);
    case 'interface': {
      const { type: name, value } = wrapper(json);
      const registered = findByName(name, type.name);
      return new Concrete(registered, named(registered, readValue(registered.json, value, depth + 1), true));
    }
    case 'bool':
      if (typeof json === 'boolean') return json;
      throw new Error(`a JSON bool was expected, not ${show(json)}`);
    case 'integer':
      return type.bits === 64 ? quoted(type, json) : plain(type, json);
    case 'duration':
      return quoted({ bits: 64, signed: true }, json);
  }
  if (typeof json !== 'string') throw new Error(`a JSON string was expected, not ${show(json)}`);
  switch (type.kind) {
    case 'text':
      return json;
    case 'bytes':
      return readBase64(json);
    case 'amount':
      return readAmount(json);
    case 'decimal':
      return BigInt(decimalWithoutPoint(json));
    case 'time':
      if (!json.endsWith('Z')) throw new Error(`Amino:JSON time must be UTC and end with 'Z' but got ${show(json)}.`);
      return parseTime(json);
  }
}

interface Width {
  readonly bits: 32 | 64;
  readonly signed: boolean;
}

function quoted(width: Width, json: unknown): bigint {
  if (typeof json !== 'string') {
    throw new Error(
      `invalid character -- Amino:JSON int/int64/uint/uint64 expects quoted values for javascript numeric support, got: ${show(json)}.`,
    );
  }
  if (!/^-?(0|[1-9]\d{0,19})$/.test(json)) throw new Error(`${show(json)} is no integer`);
  return inRange(width, BigInt(json));
}

function plain(width: Width, json: unknown): bigint {
  if (typeof json !== 'number' || !Number.isSafeInteger(json)) throw new Error(`${show(json)} is no integer`);
  return inRange(width, BigInt(json));
}

function inRange({ bits, signed }: Width, value: bigint): bigint {
  if ((signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) !== value) {
    throw new Error(`${value} does not fit into ${bits} bits`);
  }
  return value;
}

function readBase64(text: string): Uint8Array | undefined {
  const clean = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean)) {
    throw new Error('illegal base64 data');
  }
  return clean === '' ? undefined : Uint8Array.from(Buffer.from(clean, 'base64'));
}

function show(json: unknown): string {
  return JSON.stringify(json).slice(0, 100);
}
