import { BinaryReader as PeerReader, BinaryWriter as PeerWriter } from '@bufbuild/protobuf/wire';
import { MsgSend } from 'cosmjs-types/cosmos/bank/v1beta1/tx';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinaryWriter } from './index.ts';

const boundaries = Array.from({ length: 65 }, (_, bit) => 1n << BigInt(bit))
  .flatMap((power) => [power - 1n, power, power + 1n])
  .filter((value) => value < 1n << 64n);

const signed = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const unsigned = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
/** Text without lone surrogates, which UTF-8 cannot write. */
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.string({ maxLength: 300 }));

type Field =
  | { readonly kind: 'uint64' | 'int64'; readonly value: bigint }
  | { readonly kind: 'uint32' | 'int32'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'message'; readonly value: readonly Field[] };

const { fields } = fc.letrec<{ field: Field; fields: readonly Field[] }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('uint64' as const), value: unsigned }),
    fc.record({ kind: fc.constant('int64' as const), value: signed }),
    fc.record({ kind: fc.constant('uint32' as const), value: fc.nat({ max: 0xffffffff }) }),
    fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
    fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 3000 }) }),
    fc.record({ kind: fc.constant('string' as const), value: text }),
    fc.record({ kind: fc.constant('message' as const), value: tie('fields') }),
  ),
  fields: fc.array(tie('field'), { maxLength: 12 }),
}));

/** What both writers have in common. */
interface Writer {
  uint32(value: number): unknown;
  int32(value: number): unknown;
  uint64(value: bigint): unknown;
  int64(value: bigint): unknown;
  bool(value: boolean): unknown;
  bytes(value: Uint8Array): unknown;
  string(value: string): unknown;
}

function write(writer: Writer, field: Exclude<Field, { kind: 'message' }>): void {
  switch (field.kind) {
    case 'uint64':
    case 'int64':
      writer[field.kind](field.value);
      return;
    case 'uint32':
    case 'int32':
      writer[field.kind](field.value);
      return;
    case 'bool':
      writer.bool(field.value);
      return;
    case 'bytes':
      writer.bytes(field.value);
      return;
    default:
      writer.string(field.value);
  }
}

function ours(writer: BinaryWriter, list: readonly Field[]): BinaryWriter {
  for (const field of list) {
    if (field.kind === 'message') ours(writer.fork(), field.value).ldelim();
    else write(writer, field);
  }
  return writer;
}

function peers(writer: PeerWriter, list: readonly Field[]): PeerWriter {
  for (const field of list) {
    if (field.kind === 'message') peers(writer.fork(), field.value).join();
    else write(writer, field);
  }
  return writer;
}

describe('the protobuf writer', () => {
  test.each(boundaries)('writes uint64 %s as the protobuf runtime of bufbuild does', (value) => {
    expect(new BinaryWriter().uint64(value).finish()).toEqual(Uint8Array.from(new PeerWriter().uint64(value).finish()));
  });

  test('writes any signed 64-bit integer so that another implementation reads it back', () => {
    fc.assert(
      fc.property(signed, (value) => {
        expect(new PeerReader(new BinaryWriter().int64(value).finish()).int64()).toBe(value);
      }),
    );
  });

  test('writes any fields, nested and of any length, as the protobuf runtime of bufbuild does', () => {
    fc.assert(
      fc.property(fields, (list) => {
        expect(ours(new BinaryWriter(), list).finish()).toEqual(
          Uint8Array.from(peers(new PeerWriter(), list).finish()),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('lets several messages be under way at once', () => {
    const writers = Array.from({ length: 9 }, (_, index) => new BinaryWriter().uint32(index));
    expect(writers.map((writer, index) => [...writer.string('x'.repeat(index)).finish()])).toEqual(
      writers.map((_, index) => [index, index, ...Array<number>(index).fill(0x78)]),
    );
  });

  test('never changes a message again that it has handed out', () => {
    const messages = Array.from({ length: 2000 }, (_, index) =>
      new BinaryWriter().bytes(new Uint8Array(100).fill(index)),
    );
    const finished = messages.map((writer) => writer.finish());
    for (const [index, message] of finished.entries())
      expect([message[1], message[100]]).toEqual([index % 256, index % 256]);
  });

  test('stands behind every encoder of cosmjs-types', () => {
    expect(MsgSend.encode(MsgSend.fromPartial({ fromAddress: 'a' }))).toBeInstanceOf(BinaryWriter);
  });
});
