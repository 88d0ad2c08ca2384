import { describe, expect, it } from 'vitest';
import { permute, recordOf } from './order.ts';
import { philoxKey } from './random.ts';
import { testSeed } from './testing/fixtures.ts';

const key = philoxKey(testSeed);
const permutation = (epoch: number, size: number) =>
  Array.from({ length: size }, (_, position) => permute(key, epoch, size, position));

describe('the batch order', () => {
  it('visits every record once an epoch, for any number of records', () => {
    for (const size of [1, 2, 3, 7, 64, 100, 997, 1_025]) {
      expect(new Set(permutation(3, size)).size).toBe(size);
      expect(Math.max(...permutation(3, size))).toBe(size - 1);
    }
  });

  it('differs from epoch to epoch and from seed to seed', () => {
    const same = (a: number[], b: number[]) => a.filter((record, i) => record === b[i]).length;
    expect(same(permutation(0, 1_000), permutation(1, 1_000))).toBeLessThan(10);
    const other = philoxKey(testSeed.toReversed());
    expect(permutation(0, 50)).not.toEqual(permutation(0, 50).map((_, i) => permute(other, 0, 50, i)));
  });

  it('puts each record everywhere with about the same frequency', () => {
    const counts = new Array<number>(10).fill(0);
    for (let epoch = 0; epoch < 2_000; epoch += 1) {
      const place = permute(key, epoch, 10, 0);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });

  it('drops the last, ragged batch of an epoch', () => {
    const epoch = (first: number) =>
      [0, 1, 2].flatMap((step) => [0, 1, 2].map((row) => recordOf(key, 11, 3, first + step, row)));
    expect(epoch(0)).toEqual(permutation(0, 11).slice(0, 9));
    expect(epoch(3)).toEqual(permutation(1, 11).slice(0, 9));
    expect(() => recordOf(key, 2, 3, 0, 0)).toThrow('do not fill');
  });
});
