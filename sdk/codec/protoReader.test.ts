import { BinaryWriter as PeerWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinaryReader } from './index.ts';

const signed = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const unsigned = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
/** Text without lone surrogates, which UTF-8 cannot write. */
const text = fc.string({ unit: 'grapheme', maxLength: 300 });

describe('the protobuf reader', () => {
  test('reads back what another implementation writes', () => {
    fc.assert(
      fc.property(unsigned, signed, fc.integer(), fc.uint8Array(), text, (big, negative, int, bytes, string) => {
        const written = new PeerWriter().uint64(big).int64(negative).int32(int).bytes(bytes).string(string).bool(true);
        const reader = new BinaryReader(Buffer.from(written.finish()));
        expect([reader.uint64(), reader.int64(), reader.int32()]).toEqual([big, negative, int]);
        expect(reader.bytes()).toEqual(bytes);
        expect([reader.string(), reader.bool(), reader.pos]).toEqual([string, true, reader.len]);
      }),
    );
  });

  test.each([
    ['a varint that is cut off', 'uint32', [0x80]],
    ['a 64-bit varint that is cut off', 'uint64', [0xff, 0xff]],
    ['text that is longer than the message', 'string', [5, 0x61]],
    ['bytes that are longer than the message', 'bytes', [5, 0x61]],
  ] as const)('refuses %s', (_name, read, bytes) => {
    expect(() => new BinaryReader(Uint8Array.from(bytes))[read]()).toThrow('premature EOF');
  });

  test('refuses a varint of eleven bytes', () => {
    const bytes = new Uint8Array(11).fill(0x80);
    expect(() => new BinaryReader(bytes).uint32()).toThrow('invalid varint');
    expect(() => new BinaryReader(bytes).uint64()).toThrow('invalid varint');
  });

  test('takes a byte order mark for text, as Go does', () => {
    expect(new BinaryReader(Uint8Array.of(3, 0xef, 0xbb, 0xbf)).string()).toBe('\ufeff');
  });
});
