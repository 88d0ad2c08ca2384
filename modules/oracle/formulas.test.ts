import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, boundedStep, changePpm, type Opinion, overlap } from './formulas.ts';

const opinion = (value: bigint, power: bigint): Opinion => ({ value, power });
const opinions = (maxPower: bigint) =>
  fc.array(fc.record({ value: fc.bigInt({ min: 1n, max: 1n << 63n }), power: fc.bigInt({ min: 1n, max: maxPower }) }), {
    minLength: 1,
    maxLength: 30,
  });
const powerOf = (all: readonly Opinion[]): bigint => all.reduce((sum, { power }) => sum + power, 0n);

describe('the stake-weighted median', () => {
  it('lies within the honest range whatever less than a third of all power says', () => {
    fc.assert(
      fc.property(opinions(1000n), opinions(1000n), fc.bigInt({ min: 0n, max: 1000n }), (honest, liars, absent) => {
        const total = powerOf(honest) + powerOf(liars) + absent;
        fc.pre(powerOf(liars) * 3n < total);
        const result = aggregate([...liars, ...honest], total);
        if (result === undefined) return;
        const values = honest.map(({ value }) => value);
        expect(values.some((value) => value <= result.median)).toBe(true);
        expect(values.some((value) => value >= result.median)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not depend on the order of the votes', () => {
    fc.assert(
      fc.property(opinions(9n), fc.array(fc.nat(), { maxLength: 30 }), (all, order) => {
        const shuffled = all
          .map((value, at) => ({ value, rank: order[at] ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ value }) => value);
        expect(aggregate(shuffled, powerOf(all))).toEqual(aggregate(all, powerOf(all)));
      }),
    );
  });

  it('needs more than two thirds of the total power, not just of those that spoke', () => {
    expect(aggregate([opinion(5n, 2n)], 3n)).toBeUndefined();
    expect(aggregate([opinion(5n, 201n)], 300n)).toEqual({ median: 5n, spreadPpm: 0n, powerPpm: 670_000n });
    expect(aggregate([], 0n)).toBeUndefined();
  });

  it('weighs by power: a validator with half of it decides', () => {
    const all = [opinion(1n, 1n), opinion(2n, 1n), opinion(100n, 3n), opinion(200n, 1n)];
    expect(aggregate(all, 6n)?.median).toBe(100n);
  });

  it('tells how far opinions are apart as the distance of the quartiles', () => {
    const all = [opinion(90n, 1n), opinion(100n, 2n), opinion(110n, 1n)];
    expect(aggregate(all, 4n)).toEqual({ median: 100n, spreadPpm: 100_000n, powerPpm: 1_000_000n });
  });
});

describe('a bounded step', () => {
  it('never passes its target and never moves more than the bound', () => {
    const price = fc.bigInt({ min: 1n, max: 1n << 63n });
    fc.assert(
      fc.property(price, price, fc.bigInt({ min: 1n, max: 1_000_000n }), (from, to, ppm) => {
        const next = boundedStep(from, to, ppm);
        const moved = next > from ? next - from : from - next;
        const bound = (from * ppm) / 1_000_000n;
        expect(moved <= (bound > 1n ? bound : 1n)).toBe(true);
        expect(next === to || (from < next && next < to) || (to < next && next < from)).toBe(true);
      }),
    );
  });

  it('follows a jump to the end, late', () => {
    let price = 100_000_000n;
    let steps = 0;
    for (; price !== 200_000_000n; steps++) price = boundedStep(price, 200_000_000n, 100_000n);
    expect(steps).toBe(8);
  });

  it('moves even a price whose bound rounds to nothing', () => {
    expect(boundedStep(3n, 9n, 1000n)).toBe(4n);
  });
});

it('measures change in 10^-6 with its sign', () => {
  expect(changePpm(200n, 150n)).toBe(-250_000n);
  expect(changePpm(0n, 150n)).toBe(0n);
});

it('counts time only while a price is fresh', () => {
  expect(overlap(10n, 20n, 15n)).toBe(5n);
  expect(overlap(10n, 20n, 25n)).toBe(10n);
  expect(overlap(10n, 20n, 5n)).toBe(0n);
});
