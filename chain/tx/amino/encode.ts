import { type DescField, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import {
  isReflectList,
  isReflectMessage,
  type ReflectList,
  type ReflectMessage,
  reflect,
} from '@bufbuild/protobuf/reflect';
import { messageOf } from '../../../sdk/codec/descriptors.ts';
import { parseAmount } from '../../math/integer.ts';
import type { AnyValue } from '../accounts.ts';
import { type FieldPlan, plans } from './plan.ts';
import { durationText, timestampText } from './times.ts';

/**
 * Amino JSON, the form in which hardware wallets show a tx and multisignatures sign it, made from protobuf by options
 * (cosmossdk.io/x/tx signing/aminojson; ADR-050): keys sorted, empty fields left out unless `amino.dont_omitempty`,
 * 64-bit integers as text, bytes as base64, `Any` as `{"type", "value"}`. Decimals keep the digits that were sent.
 * Everything here throws a plain `Error` on what has no such form; the SDK then reports a bad signature.
 */

/** The message in an `Any` with its amino name. */
export function encodeAny({ typeUrl, value }: AnyValue): string {
  const message = messageOf(typeUrl);
  if (message === undefined) throw new Error(`can't resolve type URL ${typeUrl}`);
  const name = plans.get(message.typeName)?.name ?? typeUrl;
  return `{"type":"${name}","value":${encodeMessage(decode(message, value))}}`;
}

/** Text as Go's `encoding/json` writes it: also `<`, `>`, `&` and the two line separators are escaped. */
export function encodeText(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function decode(message: DescMessage, bytes: Uint8Array): ReflectMessage {
  return reflect(message, fromBinary(message, bytes, { readUnknownFields: false }), false);
}

function encodeMessage(message: ReflectMessage): string {
  switch (message.desc.typeName) {
    case 'google.protobuf.Timestamp':
      return timestampText(integerOf(message, 'seconds'), integerOf(message, 'nanos'));
    case 'google.protobuf.Duration':
      return durationText(integerOf(message, 'seconds'), integerOf(message, 'nanos'));
    case 'google.protobuf.Any':
      return encodeAny({ typeUrl: textOf(message, 'type_url'), value: bytesOf(message, 'value') });
  }
  const plan = plans.get(message.desc.typeName);
  if (plan === undefined) throw new Error(`no descriptor of ${message.desc.typeName}`);
  switch (plan.encoding) {
    case 'key_field': {
      const key = bytesOf(message, 'key');
      return key.length === 0 ? 'null' : base64(key);
    }
    case 'threshold_string':
      return `{"threshold":"${integerOf(message, 'threshold')}","pubkeys":[${listOf(message, 'public_keys').join(',')}]}`;
    case 'module_account':
      return encodeModuleAccount(message);
    default:
      return encodeFields(message, plan.fields);
  }
}

function encodeFields(message: ReflectMessage, fields: readonly FieldPlan[]): string {
  const parts: string[] = [];
  const emptyOneofs = new Set<string>();
  for (const { field, name, omitEmpty, encoding, oneof } of fields) {
    if (!message.isSet(field)) {
      const chosen = field.oneof === undefined ? undefined : message.oneofCase(field.oneof);
      if (oneof !== undefined && chosen === undefined && !emptyOneofs.has(oneof.name)) {
        emptyOneofs.add(oneof.name);
        parts.push(`${encodeText(oneof.name)}:null`);
        continue;
      }
      if (omitEmpty) continue;
      if (field.fieldKind === 'message') {
        throw new Error(`not supported: dont_omit_empty=true on invalid (nil?) message field: ${name}`);
      }
    }
    const value = `${encodeText(name)}:${encodeField(message, field, encoding)}`;
    parts.push(oneof === undefined ? value : `"${oneof.name}":{"type":"${oneof.type}","value":{${value}}}`);
  }
  return `{${parts.join(',')}}`;
}

function encodeField(message: ReflectMessage, field: DescField, encoding: string | undefined): string {
  const value: unknown = message.get(field);
  switch (encoding) {
    case 'legacy_coins':
      if (isReflectList(value)) return encodeList(value);
      throw new Error(`field ${field.name} is no list of coins`);
    case 'inline_json':
      if (value instanceof Uint8Array) return sortedJson(value);
      throw new Error(`field ${field.name} holds no JSON`);
    case 'cosmos.Int':
    case 'cosmos.Dec':
      return encodeNumber(value, encoding);
  }
  if (isReflectList(value) && value.size === 0) return 'null';
  return encodeValue(value);
}

function encodeValue(value: unknown): string {
  if (isReflectMessage(value)) return encodeMessage(value);
  if (isReflectList(value)) return encodeList(value);
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value))) return value.toString();
  throw new Error('a value has no amino JSON form');
}

function encodeList(list: ReflectList): string {
  return `[${[...list].map(encodeValue).join(',')}]`;
}

/** Text as it is, `0` for none; bytes are the SDK's own form of such numbers: their decimal digits. */
function encodeNumber(value: unknown, kind: 'cosmos.Int' | 'cosmos.Dec'): string {
  if (typeof value === 'string') return encodeText(value === '' ? '0' : value);
  if (!(value instanceof Uint8Array)) throw new Error('a list of numbers has no amino JSON form');
  if (value.length === 0) return '"0"';
  const digits = parseAmount(Buffer.from(value).toString('latin1')).toString();
  return `"${kind === 'cosmos.Int' ? digits : withPoint(digits)}"`;
}

/** Eighteen digits after the point. */
function withPoint(digits: string): string {
  const sign = digits.startsWith('-') ? '-' : '';
  const padded = digits.slice(sign.length).padStart(19, '0');
  return `${sign}${padded.slice(0, -18)}.${padded.slice(-18)}`;
}

/** As the SDK's `moduleAccountPretty`: its own order of keys, numbers as numbers. */
function encodeModuleAccount(message: ReflectMessage): string {
  const field = requireField(message, 'base_account');
  const base: unknown = message.isSet(field) ? message.get(field) : undefined;
  const account = isReflectMessage(base) ? base : undefined;
  const permissions = listOf(message, 'permissions');
  return [
    `{"address":${encodeText(account === undefined ? '' : textOf(account, 'address'))}`,
    '"public_key":""',
    `"account_number":${account === undefined ? 0 : integerOf(account, 'account_number')}`,
    `"sequence":${account === undefined ? 0 : integerOf(account, 'sequence')}`,
    `"name":${encodeText(textOf(message, 'name'))}`,
    `"permissions":${permissions.length === 0 ? 'null' : `[${permissions.join(',')}]`}}`,
  ].join(',');
}

/** JSON in a bytes field, with the keys of its objects sorted. */
function sortedJson(bytes: Uint8Array): string {
  return encodeJson(JSON.parse(Buffer.from(bytes).toString('utf8')));
}

function encodeJson(value: unknown): string {
  if (typeof value === 'string') return encodeText(value);
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${entries.map(([key, one]) => `${encodeText(key)}:${encodeJson(one)}`).join(',')}}`;
}

function requireField(message: ReflectMessage, name: string): DescField {
  const field = message.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${message.desc.typeName} has no field ${name}`);
  return field;
}

function integerOf(message: ReflectMessage, name: string): bigint {
  const value: unknown = message.get(requireField(message, name));
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  throw new Error(`field ${name} is no integer`);
}

function textOf(message: ReflectMessage, name: string): string {
  const value: unknown = message.get(requireField(message, name));
  return typeof value === 'string' ? value : '';
}

function bytesOf(message: ReflectMessage, name: string): Uint8Array {
  const value: unknown = message.get(requireField(message, name));
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function listOf(message: ReflectMessage, name: string): string[] {
  const value: unknown = message.get(requireField(message, name));
  return isReflectList(value) ? [...value].map(encodeValue) : [];
}

function base64(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes).toString('base64')}"`;
}
