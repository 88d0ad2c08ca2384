import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RoundMember, valueRound } from './joint.ts';
import { findNearCopies } from './nearCopies.ts';
import type { LabelledPoints } from './shapley.ts';

const terms = { k: 3, baselinePpm: 500_000n };

const table = (minLength: number, maxLength: number): fc.Arbitrary<LabelledPoints> =>
  fc
    .array(
      fc.record({
        features: fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 3, maxLength: 3 }),
        label: fc.constantFrom('a', 'b'),
      }),
      { minLength, maxLength },
    )
    .map((rows) => ({ features: rows.map(({ features }) => features), labels: rows.map(({ label }) => label) }));

const part = ({ features, labels }: LabelledPoints, from: number, to: number): RoundMember => ({
  points: { features: features.slice(from, to), labels: labels.slice(from, to) },
});

/** Both classes in clouds of their own, some rows with the wrong label. */
function clouds(rows: number, wrongEvery: number, shift = 0): LabelledPoints {
  const features = Array.from({ length: rows }, (_, at) => [
    (at % 2) * 6_000 + ((at * 2_654_435 + shift) % 2_000),
    (at * 40_503 + 7 * shift) % 3_000,
    (at * 9_973 + 13 * shift) % 3_000,
  ]);
  const labels = features.map((_, at) => ((at % 2 === 0) === (at % wrongEvery !== 0) ? 'a' : 'b'));
  return { features, labels };
}

describe('a round valued together', () => {
  it('gives the same sum however a dataset is cut, to the rounding', () => {
    fc.assert(
      fc.property(table(2, 40), table(1, 20), table(1, 10), fc.nat(), (own, others, shard, at) => {
        const rows = own.labels.length;
        const cut = at % rows;
        const whole = valueRound([part(own, 0, rows), part(others, 0, others.labels.length)], shard, terms);
        const pieces = [part(own, 0, cut), part(own, cut, rows)];
        const split = valueRound([...pieces, part(others, 0, others.labels.length)], shard, terms);
        const sum = split.members.slice(0, 2).reduce((total, { value }) => total + value, 0n);
        const difference = sum - (whole.members[0]?.value ?? 0n);
        expect(difference >= -2n && difference <= 2n).toBe(true);
        expect(split.netRowsMicro).toBe(whole.netRowsMicro);
      }),
      { numRuns: 60 },
    );
  });

  it('shares what the baseline leaves open, no more', () => {
    const shard = clouds(40, 1_000, 3);
    const members = [part(clouds(60, 1_000, 1), 0, 60), part(clouds(60, 1_000, 5), 0, 60)];
    const { members: values, utilityMicro } = valueRound(members, shard, terms);
    const sum = values.reduce((total, { value }) => total + value, 0n);
    const gain = (utilityMicro - 500_000n) * 2n;
    expect(Number(sum) / 1e12).toBeCloseTo(Number(gain) / 1e6, 5);
    expect(sum).toBeGreaterThan(0n);
  });

  it('gives nothing to a copy, exact or near, and leaves the first one what it had', () => {
    const shard = clouds(40, 1_000, 3);
    const own = clouds(60, 1_000, 1);
    const near = { features: own.features.map((row) => row.map((value) => value + 1)), labels: own.labels };
    const alone = valueRound([part(own, 0, 60)], shard, terms);
    const copied = valueRound([part(own, 0, 60), part(own, 0, 60), part(near, 0, 60)], shard, terms);
    expect(copied.members.map(({ value }) => value)).toEqual([alone.members[0]?.value, 0n, 0n]);
    expect(copied.members.map(({ nearCopies }) => nearCopies)).toEqual([0, 60, 60]);
  });

  it('tells harm from help: rows of the wrong label sum up to less than nothing', () => {
    const wrong = clouds(40, 1_000, 9);
    const flipped = { ...wrong, labels: wrong.labels.map((label) => (label === 'a' ? 'b' : 'a')) };
    const round = valueRound([part(clouds(80, 1_000, 1), 0, 80), part(flipped, 0, 40)], clouds(40, 1_000, 3), terms);
    expect(round.members[0]?.value).toBeGreaterThan(0n);
    expect(round.members[1]?.value).toBeLessThan(0n);
    expect(round.members[1]?.harmfulRows).toBeGreaterThan(35);
  });

  it("counts a row's quality where the row is of use, and never against harm", () => {
    const own = clouds(20, 1_000, 1);
    const shard = clouds(40, 1_000, 3);
    const full = valueRound([part(own, 0, 20)], shard, terms).members[0];
    const half = valueRound([{ points: own, rowQuality: own.labels.map(() => 500_000n) }], shard, terms).members[0];
    expect(full?.harmfulRows).toBe(0);
    const difference = (full?.value ?? 0n) - 2n * (half?.value ?? 0n);
    expect(difference >= 0n && difference <= 2n).toBe(true);
  });

  it('refuses a baseline of one', () => {
    expect(() => valueRound([], clouds(4, 9), { k: 1, baselinePpm: 1_000_000n })).toThrow(RangeError);
  });
});

describe('near-copies', () => {
  it('are found however far apart the rows lie, relative to that', () => {
    const spaced = (step: number) => Array.from({ length: 12 }, (_, at) => [at * step, (at * at * step) % 7_919]);
    for (const step of [40, 400, 4_000]) {
      const first = spaced(step);
      const moved = first.map((row) => row.map((value) => value + Math.round(step / 40)));
      const labels = [...first, ...moved].map(() => 'a');
      const isCopy = findNearCopies({ features: [...first, ...moved], labels });
      expect(isCopy).toEqual([...first.map(() => false), ...moved.map(() => true)]);
    }
  });

  it('are few among independent rows: at most one in 30 of 2,000 in four dimensions', () => {
    let state = 1;
    const next = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state % 10_001;
    };
    const features = Array.from({ length: 2_000 }, () => [next(), next(), next(), next()]);
    const copies = findNearCopies({ features, labels: features.map(() => 'a') }).filter(Boolean).length;
    expect(copies).toBeLessThanOrEqual(66);
  });

  it('need the label of what they copy: a row that contradicts another is no copy of it', () => {
    const features = [
      [0, 0],
      [9, 9],
      [0, 0],
    ];
    expect(findNearCopies({ features, labels: ['a', 'a', 'b'] })).toEqual([false, false, false]);
  });
});
