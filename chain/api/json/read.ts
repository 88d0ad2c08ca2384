import { create, type DescEnum, type DescField, type DescMessage, ScalarType, toBinary } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { messageOf, textOption } from '../../../sdk/codec/descriptors.ts';
import { parseBase64, parseInteger } from '../rest/goValues.ts';
import { decimalWithoutPoint } from './text.ts';

const maxDepth = 64;

/**
 * JSON, already parsed, as the message that gogoproto's jsonpb would read: names as in the proto files or in camel case,
 * unknown ones passed over. Throws with what is wrong and where.
 */
export function readJson(desc: DescMessage, json: unknown): Uint8Array {
  return toBinary(desc, readMessage(desc, json, 0).message);
}

function readMessage(desc: DescMessage, json: unknown, depth: number): ReflectMessage {
  if (depth > maxDepth) throw new Error('messages are nested too deep');
  const message = reflect(desc, create(desc));
  if (desc.typeName === 'google.protobuf.Any') return readAny(message, json, depth);
  if (desc.typeName === 'google.protobuf.Timestamp') return readTimestamp(message, json);
  if (desc.typeName === 'google.protobuf.Duration') return readDuration(message, json);
  for (const [key, value] of Object.entries(objectOf(json, desc.typeName))) {
    const field = desc.fields.find(({ name, jsonName }) => name === key || jsonName === key);
    if (field !== undefined && value !== null) {
      try {
        readField(message, field, value, depth);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(depth === 0 ? `${key}: ${why}` : `${key}.${why}`, { cause: error });
      }
    }
  }
  return message;
}

function readField(message: ReflectMessage, field: DescField, json: unknown, depth: number): void {
  switch (field.fieldKind) {
    case 'message':
      message.set(field, readMessage(field.message, json, depth + 1));
      break;
    case 'enum':
      message.set(field, readEnum(field.enum, json));
      break;
    case 'scalar':
      message.set(field, readScalar(field, field.scalar, json));
      break;
    case 'list': {
      if (!Array.isArray(json)) throw new Error('must be a list');
      const list = message.get(field);
      for (const item of json) {
        if (field.listKind === 'message') list.add(readMessage(field.message, item, depth + 1));
        else if (field.listKind === 'enum') list.add(readEnum(field.enum, item));
        else list.add(readScalar(field, field.scalar, item));
      }
      break;
    }
    case 'map':
      throw new Error('maps are not read');
  }
}

function readEnum(desc: DescEnum, json: unknown): number {
  if (typeof json === 'number' && Number.isInteger(json) && Math.abs(json) < 2 ** 31) return json;
  const found = desc.values.find(({ name }) => name === json);
  if (found === undefined)
    throw new Error(`unknown value ${JSON.stringify(json)?.slice(0, 100)} for enum ${desc.typeName}`);
  return found.number;
}

function readScalar(
  field: DescField,
  type: ScalarType,
  json: unknown,
): string | bigint | number | boolean | Uint8Array {
  switch (type) {
    case ScalarType.STRING: {
      if (typeof json !== 'string') throw new Error('must be a string');
      return readText(field, json);
    }
    case ScalarType.BYTES:
      if (typeof json !== 'string') throw new Error('must be base64 in a string');
      return isNumber(field) ? Buffer.from(readText(field, json)) : parseBase64(json);
    case ScalarType.BOOL:
      if (typeof json !== 'boolean') throw new Error('must be true or false');
      return json;
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return Number(parseInteger('ParseInt', integerText(json), 32, 10));
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return Number(parseInteger('ParseUint', integerText(json), 32, 10));
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return parseInteger('ParseUint', integerText(json), 64, 10);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return parseInteger('ParseInt', integerText(json), 64, 10);
    default:
      throw new Error('floating point numbers are not read');
  }
}

/** Fields that Go keeps as numbers of its own travel as digits, in texts and in bytes. */
function isNumber(field: DescField): boolean {
  return textOption(field, 'gogoproto.customtype')?.startsWith('cosmossdk.io/math.') ?? false;
}

function readText(field: DescField, json: string): string {
  const isDecimal = textOption(field, 'gogoproto.customtype') === 'cosmossdk.io/math.LegacyDec';
  return isDecimal && json !== '' ? decimalWithoutPoint(json) : json;
}

function integerText(json: unknown): string {
  if (typeof json === 'string') return json;
  if (typeof json === 'number' && Number.isSafeInteger(json)) return json.toString();
  throw new Error('must be an integer, in a string if it is larger than 2^53');
}

function readAny(message: ReflectMessage, json: unknown, depth: number): ReflectMessage {
  const { '@type': typeUrl, ...rest } = objectOf(json, 'google.protobuf.Any');
  if (typeof typeUrl !== 'string') throw new Error('Any JSON does not have @type');
  const desc = messageOf(typeUrl);
  if (desc === undefined) throw new Error(`unable to resolve type URL ${typeUrl.slice(0, 200)}`);
  const isWellKnown = desc.typeName.startsWith('google.protobuf.');
  const inner = readMessage(desc, isWellKnown ? rest.value : rest, depth + 1);
  set(message, 'type_url', typeUrl);
  set(message, 'value', toBinary(desc, inner.message));
  return message;
}

function readTimestamp(message: ReflectMessage, json: unknown): ReflectMessage {
  const match = typeof json === 'string' ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(json) : null;
  const milliseconds = Date.parse(`${match?.[1]}Z`);
  if (match === null || Number.isNaN(milliseconds)) throw new Error('must be a time such as "2026-01-01T00:00:00Z"');
  set(message, 'seconds', BigInt(milliseconds / 1000));
  set(message, 'nanos', Number((match[2] ?? '').padEnd(9, '0')));
  return message;
}

function readDuration(message: ReflectMessage, json: unknown): ReflectMessage {
  const match = typeof json === 'string' ? /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(json) : null;
  if (match === null) throw new Error('must be a duration such as "1814400s"');
  const sign = match[1] === '-' ? -1 : 1;
  set(message, 'seconds', BigInt(match[2] ?? '0') * BigInt(sign));
  set(message, 'nanos', Number((match[3] ?? '').padEnd(9, '0')) * sign || 0);
  return message;
}

function set(message: ReflectMessage, name: string, value: string | bigint | number | Uint8Array): void {
  const field = message.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${message.desc.typeName} has no field ${name}`);
  message.set(field, value);
}

function objectOf(json: unknown, what: string): Record<string, unknown> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { ...json };
  throw new Error(`must be an object (${what})`);
}
