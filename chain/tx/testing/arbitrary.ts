import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { descriptors } from '../../../sdk/codec/descriptors.ts';

/** Random messages of any type that the descriptors know, for property tests. */

/** Every message that a tx may carry: the inputs of all services marked `cosmos.msg.v1.service`, by type URL. */
export function txMessages(): DescMessage[] {
  const services = [...descriptors].flatMap((type) => (type.kind === 'service' ? [type] : []));
  return services.filter(({ name }) => name === 'Msg').flatMap(({ methods }) => methods.map(({ input }) => input));
}

/** Types that random `Any` fields hold: small ones that every chain has. */
const contents = ['cosmos.bank.v1beta1.MsgSend', 'cosmos.crypto.secp256k1.PubKey'].map((name) => {
  const message = descriptors.getMessage(name);
  if (message === undefined) throw new Error(`no descriptor of ${name}`);
  return message;
});

/** The encoding of a random message; nesting ends after three levels. */
export function arbitraryMessage(message: DescMessage, depth = 0): fc.Arbitrary<Uint8Array> {
  if (message.typeName === 'google.protobuf.Any') return arbitraryAny(depth);
  const fields = message.fields.filter((field) => depth < 3 || !isMessage(field));
  return fc.tuple(...fields.map((field) => arbitraryField(field, depth))).map(concat);
}

function arbitraryAny(depth: number): fc.Arbitrary<Uint8Array> {
  return fc
    .constantFrom(...contents)
    .chain((content) =>
      arbitraryMessage(content, depth + 1).map((value) =>
        new BinaryWriter()
          .tag(1, WireType.LengthDelimited)
          .string(`/${content.typeName}`)
          .tag(2, WireType.LengthDelimited)
          .bytes(value)
          .finish(),
      ),
    );
}

function arbitraryField(field: DescField, depth: number): fc.Arbitrary<Uint8Array> {
  if (field.fieldKind === 'map') return fc.constant(new Uint8Array());
  const value = arbitraryValue(field, depth);
  if (field.fieldKind === 'list') return fc.array(value, { maxLength: 3 }).map(concat);
  // One of several alternatives at most: the first field of a oneof is as good as any.
  if (field.oneof !== undefined && field.oneof.fields[0] !== field) return fc.constant(new Uint8Array());
  return fc.option(value, { nil: new Uint8Array() });
}

function arbitraryValue(field: DescField, depth: number): fc.Arbitrary<Uint8Array> {
  if (field.message !== undefined) {
    return arbitraryMessage(field.message, depth + 1).map((bytes) =>
      new BinaryWriter().tag(field.number, WireType.LengthDelimited).bytes(bytes).finish(),
    );
  }
  const varint = (write: (writer: BinaryWriter) => BinaryWriter) =>
    write(new BinaryWriter().tag(field.number, WireType.Varint)).finish();
  const scalar = field.fieldKind === 'enum' || field.enum !== undefined ? ScalarType.INT32 : field.scalar;
  switch (scalar) {
    case ScalarType.STRING:
      return fc
        .string({ unit: 'grapheme', maxLength: 12 })
        .map((text) => new BinaryWriter().tag(field.number, WireType.LengthDelimited).string(text).finish());
    case ScalarType.BYTES:
      return fc
        .uint8Array({ maxLength: 12 })
        .map((bytes) => new BinaryWriter().tag(field.number, WireType.LengthDelimited).bytes(bytes).finish());
    case ScalarType.BOOL:
      return fc.boolean().map((flag) => varint((writer) => writer.bool(flag)));
    case ScalarType.INT32:
      return fc.integer().map((number) => varint((writer) => writer.int32(number)));
    case ScalarType.UINT32:
      return fc.nat().map((number) => varint((writer) => writer.uint32(number)));
    case ScalarType.INT64:
      return fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map((number) => varint((w) => w.int64(number)));
    case ScalarType.UINT64:
      return fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((number) => varint((w) => w.uint64(number)));
    default:
      return fc.constant(new Uint8Array());
  }
}

function isMessage(field: DescField): boolean {
  return field.message !== undefined;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
