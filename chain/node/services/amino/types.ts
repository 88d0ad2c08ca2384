import { createHash } from 'node:crypto';
import { type DescField, type DescMessage, hasOption, ScalarType } from '@bufbuild/protobuf';
import { descriptors, flagOption, textOption } from '../../../../sdk/codec/descriptors.ts';
import { interfacesOf, keyInterface, messageInterface } from '../interfaces.ts';

/**
 * How go-amino v0.16 sees the Go types that gogoproto makes of messages: fields are numbered as they stand, without the
 * gaps of the proto file, and JSON goes by gogoproto's struct tags.
 */
export type GoType =
  | { readonly kind: 'text' | 'bytes' | 'bool' | 'time' | 'duration' | 'amount' | 'decimal' }
  | { readonly kind: 'integer'; readonly bits: 32 | 64; readonly signed: boolean }
  | { readonly kind: 'struct'; readonly fields: () => readonly GoField[] }
  /** Registered types that implement it, by their prefix or name; an `Any` is one too. */
  | { readonly kind: 'interface'; readonly name: string };

export interface GoField {
  readonly number: number;
  readonly name: string;
  readonly type: GoType;
  readonly list: boolean;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  /** `types.Coins`: in JSON none of them are `[]` and not `null`. */
  readonly coins: boolean;
}

export interface Registered {
  readonly name: string;
  /** 4 bytes before the value, in hex. */
  readonly prefix: string;
  readonly type: GoType;
  readonly interfaces: readonly string[];
  /** In JSON, where that is another type. */
  readonly json: GoType;
}

/** A value of a Go type; undefined is nil or the zero value. Times and durations are nanoseconds since 1970 and long. */
export type Value = undefined | string | bigint | boolean | Uint8Array | readonly Value[] | GoStruct | Concrete;
export class GoStruct {
  readonly values: ReadonlyMap<string, Value>;
  constructor(values: ReadonlyMap<string, Value>) {
    this.values = values;
  }
}
export class Concrete {
  readonly registered: Registered;
  readonly value: Value;
  constructor(registered: Registered, value: Value) {
    this.registered = registered;
    this.value = value;
  }
}

/** Nesting of interfaces and messages; no message of the SDK comes near. */
export const maxDepth = 32;

const structs = new WeakMap<DescMessage, readonly GoField[]>();

function fieldsOf(message: DescMessage): readonly GoField[] {
  const known = structs.get(message);
  if (known !== undefined) return known;
  const fields = message.fields.map((field, index) => fieldOf(field, index + 1));
  structs.set(message, fields);
  return fields;
}

function fieldOf(field: DescField, number: number): GoField {
  const list = field.fieldKind === 'list';
  const custom = textOption(field, 'gogoproto.customtype');
  const nonNullable = isNonNullable(field);
  const plainList = list && field.message === undefined && custom === undefined;
  const [name = field.name, ...flags] = (
    textOption(field, 'gogoproto.jsontag') ?? (nonNullable && !plainList ? field.name : `${field.name},omitempty`)
  ).split(',');
  return {
    number,
    name: name === '' ? field.name : name,
    type: typeOf(field, custom),
    list,
    pointer: (field.message !== undefined || custom !== undefined) && !nonNullable,
    omitEmpty: flags.includes('omitempty'),
    coins: textOption(field, 'gogoproto.castrepeated')?.endsWith('types.Coins') ?? false,
  };
}

const nullable = descriptors.getExtension('gogoproto.nullable');

function isNonNullable(field: DescField): boolean {
  return nullable !== undefined && hasOption(field, nullable) && !flagOption(field, 'gogoproto.nullable');
}

function typeOf(field: DescField, custom: string | undefined): GoType {
  if (field.oneof !== undefined || field.fieldKind === 'map') return unsupported(field);
  if (custom === 'cosmossdk.io/math.Int') return { kind: 'amount' };
  if (custom === 'cosmossdk.io/math.LegacyDec') return { kind: 'decimal' };
  if (custom !== undefined) return unsupported(field);
  if (field.message !== undefined) {
    const { message } = field;
    if (flagOption(field, 'gogoproto.stdtime')) return { kind: 'time' };
    if (flagOption(field, 'gogoproto.stdduration')) return { kind: 'duration' };
    if (message.typeName !== 'google.protobuf.Any') return { kind: 'struct', fields: () => fieldsOf(message) };
    return { kind: 'interface', name: textOption(field, 'cosmos_proto.accepts_interface') ?? keyInterface };
  }
  switch (field.scalar) {
    case undefined:
    case ScalarType.INT32:
      return { kind: 'integer', bits: 32, signed: true };
    case ScalarType.UINT32:
      return { kind: 'integer', bits: 32, signed: false };
    case ScalarType.INT64:
      return { kind: 'integer', bits: 64, signed: true };
    case ScalarType.UINT64:
      return { kind: 'integer', bits: 64, signed: false };
    case ScalarType.STRING:
      return { kind: 'text' };
    case ScalarType.BYTES:
      return { kind: 'bytes' };
    case ScalarType.BOOL:
      return { kind: 'bool' };
    default:
      return unsupported(field);
  }
}

function unsupported(field: DescField): never {
  throw new Error(`${field.parent.typeName}.${field.name} has no amino form`);
}

function field(number: number, name: string, type: GoType, more: Partial<GoField> = {}): GoField {
  return { number, name, type, list: false, pointer: false, omitEmpty: false, coins: false, ...more };
}

const uint64: GoType = { kind: 'integer', bits: 64, signed: false };

const multisig: GoType = {
  kind: 'struct',
  fields: () => [
    field(1, 'threshold', uint64),
    field(2, 'pubkeys', { kind: 'interface', name: keyInterface }, { list: true }),
  ],
};

function registered(name: string, type: GoType, interfaces: readonly string[], json = type): Registered {
  return { name, prefix: prefixOf(name), type, interfaces, json };
}

/** The SHA-256 of the name without zeros in front, three bytes passed over, and again none in front. */
function prefixOf(name: string): string {
  const trimmed = (bytes: Buffer) => bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return trimmed(trimmed(createHash('sha256').update(name).digest()).subarray(3))
    .subarray(0, 4)
    .toString('hex');
}

/** What stands behind interfaces: messages, keys and all else that has an amino name. */
const known: readonly Registered[] = [...descriptors].flatMap((type) => {
  const name = type.kind === 'message' ? textOption(type, 'amino.name') : undefined;
  if (type.kind !== 'message' || name === undefined) return [];
  const encoding = textOption(type, 'amino.message_encoding');
  const struct: GoType = { kind: 'struct', fields: () => fieldsOf(type) };
  if (encoding === 'module_account') return [];
  const own: GoType = encoding === 'key_field' ? { kind: 'bytes' } : struct;
  return [registered(name, own, interfacesOf(type), encoding === 'threshold_string' ? multisig : own)];
});

const byName = new Map(known.map((entry) => [entry.name, entry]));
const byPrefix = new Map(known.map((entry) => [entry.prefix, entry]));

/** Throws with go-amino's text where nothing has this name, and where it does not stand for the interface. */
export function findByName(name: string, wanted: string): Registered {
  const found = byName.get(name);
  if (found === undefined) throw new Error(`unrecognized concrete type name ${name.slice(0, 200)}`);
  return requireInterface(found, wanted);
}

export function findByPrefix(prefix: string, wanted: string): Registered {
  const found = byPrefix.get(prefix);
  if (found === undefined) throw new Error(`unrecognized prefix bytes ${prefix.toUpperCase()}`);
  return requireInterface(found, wanted);
}

function requireInterface(found: Registered, wanted: string): Registered {
  if (!found.interfaces.includes(wanted)) throw new Error(`${found.name} does not implement ${wanted}`);
  return found;
}

/** `legacytx.StdTx`, which has no proto file (SDK x/auth/migrations/legacytx). */
export const stdTx: Registered = (() => {
  const coin = descriptors.getMessage('cosmos.base.v1beta1.Coin');
  if (coin === undefined) throw new Error('no descriptor of coins');
  const coins = field(1, 'amount', { kind: 'struct', fields: () => fieldsOf(coin) }, { list: true, coins: true });
  const optional = { omitEmpty: true };
  const fee = [
    coins,
    field(2, 'gas', uint64),
    field(3, 'payer', { kind: 'text' }, optional),
    field(4, 'granter', { kind: 'text' }, optional),
  ];
  const signature = [
    field(1, 'pub_key', { kind: 'interface', name: keyInterface }),
    field(2, 'signature', { kind: 'bytes' }),
  ];
  const fields = [
    field(1, 'msg', { kind: 'interface', name: messageInterface }, { list: true }),
    field(2, 'fee', { kind: 'struct', fields: () => fee }),
    field(3, 'signatures', { kind: 'struct', fields: () => signature }, { list: true }),
    field(4, 'memo', { kind: 'text' }),
    field(5, 'timeout_height', uint64),
  ];
  return registered('cosmos-sdk/StdTx', { kind: 'struct', fields: () => fields }, []);
})();
