import { create, type DescEnum, type DescField, type DescMessage, ScalarType, toBinary } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { GrpcError } from '../../app/grpcStatus.ts';
import { readJson } from '../json/read.ts';
import { parseBase64, parseBool, parseInteger } from './goValues.ts';
import type { RouteMatch } from './routes.ts';

/** Largest number of query parameters that are looked at. */
const maxParameters = 200;

/**
 * The encoded request of a route from the URL's path and query string, or from its body, as grpc-gateway v1 reads it:
 * unknown parameters are passed over. Throws a `GrpcError` with its texts.
 */
export function buildRequest({ route, params }: RouteMatch, query: URLSearchParams, body: string): Uint8Array {
  const { input } = route.method;
  if (route.hasBody) return fromBody(input, body);
  const message = reflect(input, create(input));
  try {
    const names = new Set<string>();
    for (const name of query.keys()) if (names.size < maxParameters) names.add(name);
    for (const name of names) if (!params.has(name)) setPath(message, name.split('.'), query.getAll(name), name);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  for (const [name, text] of params) {
    try {
      setPath(message, name.split('.'), [text], name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw invalid(`type mismatch, parameter: ${name}, error: ${why}`);
    }
  }
  return toBinary(input, message.message);
}

function fromBody(input: DescMessage, body: string): Uint8Array {
  if (body.trim() === '') return new Uint8Array();
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalid(/unexpected end/i.test(why) ? 'unexpected EOF' : why);
  }
  try {
    return readJson(input, json);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message.replace(/^\w+: (?=unknown value)/, '') : String(error));
  }
}

function invalid(message: string): GrpcError {
  return new GrpcError('InvalidArgument', message);
}

function setPath(message: ReflectMessage, path: readonly string[], values: readonly string[], whole: string): void {
  const [head = '', ...rest] = path;
  const field = message.fields.find(({ name, jsonName }) => name === head || jsonName === head);
  if (field === undefined) return;
  if (rest.length > 0) {
    if (field.fieldKind !== 'message') {
      const here = whole.split('.').slice(0, -rest.length).join('.');
      throw new Error(`unexpected nested field ${rest[0]} in ${here}`.slice(0, 300));
    }
    const inner = message.isSet(field) ? message.get(field) : reflect(field.message, create(field.message));
    setPath(inner, rest, values, whole);
    message.set(field, inner);
    return;
  }
  if (field.fieldKind === 'list' && field.listKind !== 'message') {
    const list = message.get(field);
    for (const value of values) {
      list.add(field.listKind === 'enum' ? readEnum(field.enum, value) : readScalar(field.scalar, value));
    }
    return;
  }
  const [value = ''] = values;
  if (field.fieldKind === 'scalar') message.set(field, readScalar(field.scalar, value));
  else if (field.fieldKind === 'enum') message.set(field, readEnum(field.enum, value));
  else throw new Error(`field type ${describe(field)} is not supported in query parameters`);
}

function describe(field: DescField): string {
  return field.fieldKind === 'message' ? `*${goName(field.message)}` : field.fieldKind;
}

/** As Go names a type, for most packages: `query.PageRequest` of `cosmos.base.query.v1beta1`. */
function goName(desc: DescMessage | DescEnum): string {
  const parts = desc.file.proto.package.split('.').filter((part) => !/^v\d/.test(part));
  return `${parts.at(-1) ?? ''}.${desc.name}`;
}

function readEnum(desc: DescEnum, text: string): number {
  const found = desc.values.find(({ name }) => name === text);
  if (found !== undefined) return found.number;
  const number = /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
  if (number !== undefined && desc.value[number] !== undefined) return number;
  throw new Error(`${text.slice(0, 100)} is not a valid ${goName(desc)}`);
}

function readScalar(type: ScalarType, text: string): string | bigint | number | boolean | Uint8Array {
  switch (type) {
    case ScalarType.STRING:
      return text;
    case ScalarType.BYTES:
      return parseBase64(text);
    case ScalarType.BOOL:
      return parseBool(text);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return parseInteger('ParseInt', text, 64);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return parseInteger('ParseUint', text, 64);
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return Number(parseInteger('ParseInt', text, 32));
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return Number(parseInteger('ParseUint', text, 32));
    default:
      throw new Error('floating point numbers are not read');
  }
}
