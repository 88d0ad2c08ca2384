import { type DescField, type DescFile, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { descriptors } from '../../sdk/codec/descriptors.ts';

/** What the strict checks need of a field, worked out once from its descriptor. */
export interface FieldSchema {
  readonly repeated: boolean;
  /** Wire type of one value. */
  readonly wireType: 0 | 1 | 2 | 5;
  /** Values of a repeated field may stand together in one length-delimited field. */
  readonly packable: boolean;
  readonly kind: 'uint64' | 'int32' | 'uint32' | 'bool' | 'fixed' | 'text' | 'bytes' | 'any' | 'message';
  /** Full name of the message of a field of kind `message`. */
  readonly messageName: string;
}

export interface MessageSchema {
  /** Full name, `cosmos.bank.v1beta1.MsgSend`. */
  readonly name: string;
  /** The name of its Go type in the SDK's errors, `*types.MsgSend`. */
  readonly goName: string;
  readonly fields: ReadonlyMap<number, FieldSchema>;
}

const anyName = 'google.protobuf.Any';

/** Proto packages whose Go package is not called `types`, as most of the SDK's are. */
const goPackages: ReadonlyMap<string, string> = new Map([
  ['cosmos.authz.v1beta1', 'authz'],
  ['cosmos.crypto.ed25519', 'ed25519'],
  ['cosmos.crypto.multisig', 'multisig'],
  ['cosmos.crypto.secp256k1', 'secp256k1'],
  ['cosmos.crypto.secp256r1', 'secp256r1'],
  ['cosmos.feegrant.v1beta1', 'feegrant'],
  ['cosmos.gov.v1', 'v1'],
  ['cosmos.gov.v1beta1', 'v1beta1'],
  ['cosmos.tx.signing.v1beta1', 'signing'],
  ['cosmos.tx.v1beta1', 'tx'],
]);

/** Every message that the descriptors know, nested ones too, by full name. */
export const schemas: ReadonlyMap<string, MessageSchema> = new Map(
  [...descriptors].flatMap((type) => (type.kind === 'message' ? [[type.typeName, schemaOf(type)] as const] : [])),
);

/** Throws for a name that no descriptor has: only constants are asked for. */
export function requireSchema(name: string): MessageSchema {
  const schema = schemas.get(name);
  if (schema === undefined) throw new Error(`no descriptor of ${name}`);
  return schema;
}

function schemaOf(message: DescMessage): MessageSchema {
  const fields = new Map(message.fields.map((field) => [field.number, fieldSchema(field)]));
  return { name: message.typeName, goName: `*${goPackage(message.file)}.${goTypeName(message)}`, fields };
}

function goPackage(file: DescFile): string {
  return goPackages.get(file.proto.package) ?? 'types';
}

/** Nested messages are joined with an underscore in Go: `ModeInfo_Single`. */
function goTypeName(message: DescMessage): string {
  return message.parent === undefined ? message.name : `${goTypeName(message.parent)}_${message.name}`;
}

function fieldSchema(field: DescField): FieldSchema {
  const base = { repeated: false, packable: false, messageName: '' };
  switch (field.fieldKind) {
    case 'scalar':
      return { ...base, ...scalarSchema(field.scalar) };
    case 'enum':
      return { ...base, wireType: 0, kind: 'int32' };
    case 'message':
      return { ...base, ...messageSchema(field.message.typeName) };
    case 'map':
      // Entries of maps are messages that no descriptor of ours names; none of our types has a map in a tx.
      return { ...base, repeated: true, wireType: 2, kind: 'bytes' };
    case 'list': {
      const element =
        field.listKind === 'scalar'
          ? scalarSchema(field.scalar)
          : field.listKind === 'enum'
            ? ({ wireType: 0, kind: 'int32' } as const)
            : messageSchema(field.message.typeName);
      return { ...base, ...element, repeated: true, packable: element.wireType !== 2 };
    }
  }
}

function messageSchema(messageName: string): Pick<FieldSchema, 'wireType' | 'kind' | 'messageName'> {
  return { wireType: 2, kind: messageName === anyName ? 'any' : 'message', messageName };
}

function scalarSchema(scalar: ScalarType): Pick<FieldSchema, 'wireType' | 'kind'> {
  switch (scalar) {
    case ScalarType.STRING:
      return { wireType: 2, kind: 'text' };
    case ScalarType.BYTES:
      return { wireType: 2, kind: 'bytes' };
    case ScalarType.BOOL:
      return { wireType: 0, kind: 'bool' };
    case ScalarType.INT32:
      return { wireType: 0, kind: 'int32' };
    case ScalarType.UINT32:
    case ScalarType.SINT32:
      return { wireType: 0, kind: 'uint32' };
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
      return { wireType: 0, kind: 'uint64' };
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
    case ScalarType.DOUBLE:
      return { wireType: 1, kind: 'fixed' };
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
    case ScalarType.FLOAT:
      return { wireType: 5, kind: 'fixed' };
  }
}
