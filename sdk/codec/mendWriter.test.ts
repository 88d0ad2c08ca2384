import { BinaryReader as PeerReader, BinaryWriter as PeerWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinaryWriter } from './index.ts';

const boundaries = Array.from({ length: 65 }, (_, bit) => 1n << BigInt(bit))
  .flatMap((power) => [power - 1n, power, power + 1n])
  .filter((value) => value < 1n << 64n);

describe('the mended protobuf writer', () => {
  test.each(boundaries)('writes uint64 %s as the protobuf runtime of bufbuild does', (value) => {
    expect(new BinaryWriter().uint64(value).finish()).toEqual(Uint8Array.from(new PeerWriter().uint64(value).finish()));
  });

  test('writes any signed 64-bit integer so that another implementation reads it back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (value) => {
        expect(new PeerReader(new BinaryWriter().int64(value).finish()).int64()).toBe(value);
      }),
    );
  });

  test('gives each message bytes of its own, not a piece of a larger buffer that stays in memory with it', () => {
    const bytes = new BinaryWriter().uint64(300n).finish();
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  });
});
