import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knnShapley, type LabelledPoints, SHAPLEY_SCALE } from './shapley.ts';

const points = (xs: number[], labels: string[]): LabelledPoints => ({ features: xs.map((x) => [x]), labels });

describe('knnShapley', () => {
  it('gives the values of an example worked by hand', () => {
    const train = points([0, 2, 3, 5, 9], ['1', '0', '1', '1', '0']);
    expect(knnShapley(train, points([1, 6], ['1', '0']), 2)).toEqual({
      values: [SHAPLEY_SCALE / 8n, 0n, 0n, 0n, SHAPLEY_SCALE / 8n],
      utilityMicro: 250_000n,
    });
  });

  const cloud = fc
    .array(fc.record({ at: fc.integer({ min: 0, max: 20 }), label: fc.constantFrom('a', 'b', 'c') }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((all) =>
      points(
        all.map(({ at }) => at),
        all.map(({ label }) => label),
      ),
    );

  it('is the Shapley value: equal to the average marginal over every order of the points', () => {
    fc.assert(
      fc.property(cloud, cloud, fc.integer({ min: 1, max: 4 }), (train, shard, k) => {
        const exact = averageMarginals(train, shard, k);
        knnShapley(train, shard, k).values.forEach((value, at) => {
          expect(Math.abs(Number(value) / Number(SHAPLEY_SCALE) - (exact[at] ?? 0))).toBeLessThan(1e-9);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('adds up to the utility of the whole set', () => {
    fc.assert(
      fc.property(cloud, cloud, fc.integer({ min: 1, max: 9 }), (train, shard, k) => {
        const { utilityMicro, values } = knnShapley(train, shard, k);
        const sum = Number(values.reduce((whole, value) => whole + value, 0n)) / Number(SHAPLEY_SCALE);
        const everyone = train.features.map((_, at) => at);
        const expected = utility(train, shard, k, everyone);
        expect(Math.abs(sum - expected)).toBeLessThan(1e-9);
        expect(utilityMicro).toBe(BigInt(Math.floor(expected * 1e6 + 1e-6)));
      }),
    );
  });

  it('refuses K = 0, an empty shard, points of another dimension and distances beyond exact integers', () => {
    const one = points([1], ['a']);
    expect(() => knnShapley(one, one, 0)).toThrow('positive integer');
    expect(() => knnShapley(one, points([], []), 1)).toThrow('no points');
    expect(() => knnShapley({ features: [[1, 2]], labels: ['a'] }, one, 1)).toThrow('2 and 1 features');
    expect(() => knnShapley(points([2 ** 40], ['a']), one, 1)).toThrow('too far apart');
    const many = points(new Array(8193).fill(0), new Array(8193).fill('a'));
    expect(() => knnShapley(one, many, 1)).toThrow('8193 points');
    expect(knnShapley(points([], []), one, 3)).toEqual({ values: [], utilityMicro: 0n });
  });
});

/** Mean over the shard of "matching labels among the K nearest of these points, divided by K". */
function utility(train: LabelledPoints, shard: LabelledPoints, k: number, members: readonly number[]): number {
  const scores = shard.features.map((point, test) => {
    const distance = (at: number) => Math.abs((train.features[at]?.[0] ?? 0) - (point[0] ?? 0));
    const nearest = [...members].sort((a, b) => distance(a) - distance(b) || a - b).slice(0, k);
    return nearest.filter((at) => train.labels[at] === shard.labels[test]).length / k;
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Shapley's definition itself, over all subsets. */
function averageMarginals(train: LabelledPoints, shard: LabelledPoints, k: number): number[] {
  const count = train.features.length;
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return train.features.map((_, at) => {
    let value = 0;
    for (let mask = 0; mask < 1 << count; mask++) {
      if (mask & (1 << at)) continue;
      const members = train.features.map((__, other) => other).filter((other) => mask & (1 << other));
      const share = (factorial(members.length) * factorial(count - members.length - 1)) / factorial(count);
      const gain = utility(train, shard, k, [...members, at]) - utility(train, shard, k, members);
      value += share * gain;
    }
    return value;
  });
}
