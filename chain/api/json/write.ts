import { type DescEnum, type DescField, type DescMessage, fromBinary, hasOption, ScalarType } from '@bufbuild/protobuf';
import { isReflectMessage, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { descriptors, flagOption, messageOf, textOption } from '../../../sdk/codec/descriptors.ts';
import { base64, decimalWithPoint, durationText, goString, timestampText, zeroTime } from './text.ts';

const nullable = descriptors.getExtension('gogoproto.nullable');

/** Messages in messages deeper than this are refused: no type of the chain needs more. */
const maxDepth = 64;

/**
 * An encoded message as JSON text, byte for byte as gogoproto's jsonpb writes it for the Cosmos SDK's REST: field names as
 * in the proto files and in their order, defaults written out, 64-bit integers as strings, bytes as base64. Throws if
 * the bytes are not this message or hold an `Any` of a type that the chain does not have.
 */
export function writeJson(desc: DescMessage, bytes: Uint8Array): string {
  return messageText(reflect(desc, fromBinary(desc, bytes)), 0);
}

function messageText(message: ReflectMessage, depth: number): string {
  const special = wellKnown(message, depth);
  return special ?? `{${fieldTexts(message, depth).join(',')}}`;
}

function fieldTexts(message: ReflectMessage, depth: number): string[] {
  if (depth > maxDepth) throw new Error('messages are nested too deep');
  const texts: string[] = [];
  for (const member of message.members) {
    if (member.kind === 'field') texts.push(`"${member.name}":${fieldText(message, member, depth)}`);
    else {
      const chosen = message.oneofCase(member);
      if (chosen !== undefined) texts.push(`"${chosen.name}":${fieldText(message, chosen, depth)}`);
    }
  }
  return texts;
}

function fieldText(message: ReflectMessage, field: DescField, depth: number): string {
  switch (field.fieldKind) {
    case 'message':
      if (message.isSet(field)) return messageText(message.get(field), depth + 1);
      return absentMessage(field, depth);
    case 'enum':
      return enumText(field.enum, message.get(field));
    case 'scalar':
      return scalarText(field, field.scalar, message.get(field));
    case 'list': {
      const items: string[] = [];
      for (const item of message.get(field)) {
        if (field.listKind === 'message') items.push(messageText(asMessage(item), depth + 1));
        else if (field.listKind === 'enum') items.push(enumText(field.enum, item));
        else items.push(scalarText(field, field.scalar, item, true));
      }
      return `[${items.join(',')}]`;
    }
    case 'map': {
      const entries = [...message.get(field)].map(([key, value]): [string, string] => [
        String(key),
        field.mapKind === 'message'
          ? messageText(asMessage(value), depth + 1)
          : field.mapKind === 'enum'
            ? enumText(field.enum, value)
            : scalarText(field, field.scalar, value, true),
      ]);
      entries.sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${entries.map(([key, text]) => `${goString(key)}:${text}`).join(',')}}`;
    }
  }
}

function asMessage(value: unknown): ReflectMessage {
  if (isReflectMessage(value)) return value;
  throw new Error('a message was expected');
}

/** Whether Go holds the message itself and no pointer to it; a flag that is not set means a pointer. */
function isByValue(field: DescField): boolean {
  return nullable !== undefined && hasOption(field, nullable) && !flagOption(field, 'gogoproto.nullable');
}

/** A pointer that is nil, or a struct with nothing in it where the Go type holds it by value. */
function absentMessage(field: DescField & { fieldKind: 'message' }, depth: number): string {
  if (!isByValue(field)) return 'null';
  if (field.message.typeName === 'google.protobuf.Timestamp') return `"${zeroTime}"`;
  if (field.message.typeName === 'google.protobuf.Duration') return '"0s"';
  return messageText(reflect(field.message), depth + 1);
}

function enumText(desc: DescEnum, value: unknown): string {
  const number = Number(value);
  const name = desc.value[number]?.name;
  return name === undefined ? number.toString() : `"${name}"`;
}

function scalarText(field: DescField, type: ScalarType, value: unknown, inList = false): string {
  switch (type) {
    case ScalarType.BYTES: {
      if (!(value instanceof Uint8Array)) throw new Error(`${field.name} must be bytes`);
      const custom = customText(field, Buffer.from(value).toString('utf8'));
      if (custom !== undefined) return custom;
      // Absent bytes are a nil slice in Go.
      return value.length === 0 && !inList ? 'null' : `"${base64(value)}"`;
    }
    case ScalarType.STRING:
      return customText(field, String(value)) ?? goString(String(value));
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return `"${String(value)}"`;
    default:
      return String(value);
  }
}

/** Fields that Go keeps as numbers of its own: an absent integer is 0, an absent decimal is nil. */
function customText(field: DescField, value: string): string | undefined {
  const type = textOption(field, 'gogoproto.customtype');
  if (type === 'cosmossdk.io/math.Int') return value === '' ? '"0"' : goString(value);
  if (type !== 'cosmossdk.io/math.LegacyDec') return undefined;
  if (value === '') return 'null';
  return /^-?\d+$/.test(value) ? `"${decimalWithPoint(value)}"` : goString(value);
}

function wellKnown(message: ReflectMessage, depth: number): string | undefined {
  const { desc } = message;
  switch (desc.typeName) {
    case 'google.protobuf.Timestamp':
      return `"${timestampText(BigInt(String(fieldValue(message, 'seconds'))), Number(fieldValue(message, 'nanos')))}"`;
    case 'google.protobuf.Duration':
      return `"${durationText(BigInt(String(fieldValue(message, 'seconds'))), Number(fieldValue(message, 'nanos')))}"`;
    case 'google.protobuf.Any':
      return anyText(String(fieldValue(message, 'typeUrl')), fieldValue(message, 'value'), depth);
    default:
      return undefined;
  }
}

/** The message inside with its type beside its fields; well-known types stand under `value`. */
function anyText(typeUrl: string, value: unknown, depth: number): string {
  const desc = messageOf(typeUrl);
  if (desc === undefined || !(value instanceof Uint8Array)) {
    throw new Error(`unable to resolve type URL ${typeUrl.slice(0, 200)}`);
  }
  if (depth > maxDepth) throw new Error('messages are nested too deep');
  const inner = reflect(desc, fromBinary(desc, value));
  const special = wellKnown(inner, depth + 1);
  const fields = special === undefined ? fieldTexts(inner, depth + 1) : [`"value":${special}`];
  return `{${[`"@type":${goString(typeUrl)}`, ...fields].join(',')}}`;
}

function fieldValue(message: ReflectMessage, localName: string): unknown {
  const field = message.fields.find((candidate) => candidate.localName === localName);
  if (field === undefined) throw new Error(`${message.desc.typeName} has no field ${localName}`);
  return message.get(field);
}
