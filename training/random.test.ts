import { describe, expect, it } from 'vitest';
import { type PhiloxKey, philox, philoxKey, randomWord, unitFloat, type Words } from './random.ts';

const hexWords = (words: readonly number[]) => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

/** Known answers of philox4x32 with 10 rounds from the Random123 library (kat_vectors). */
const KNOWN: [Words, PhiloxKey, string][] = [
  [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
];

describe('Philox4x32-10', () => {
  it('gives the known answers of Random123', () => {
    for (const [counter, key, answer] of KNOWN) expect(hexWords(philox(counter, key))).toBe(answer);
  });

  it('takes its key from the first eight bytes of a seed, little endian', () => {
    const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(philoxKey(seed)).toEqual([0x03020100, 0x07060504]);
    expect(() => philoxKey(seed.subarray(1))).toThrow('32 bytes');
  });

  it('gives four elements per counter', () => {
    const key: PhiloxKey = [1, 2];
    const words = philox([5, 4, 3, 0], key);
    expect([20, 21, 22, 23].map((element) => randomWord(key, 'weights', 3, 4, element))).toEqual([...words]);
  });

  it('turns words into float32 below 1 without rounding', () => {
    expect(unitFloat(0)).toBe(0);
    const largest = unitFloat(0xffffffff);
    expect(largest).toBeLessThan(1);
    expect(Math.fround(largest)).toBe(largest);
  });
});
