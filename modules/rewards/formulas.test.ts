import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Emitted,
  epochCap,
  epochLimits,
  halvings,
  indexPpm,
  type Schedule,
  splitReward,
  splitStream,
  sum,
} from './formulas.ts';

const schedule: Schedule = {
  maxSupply: 1_000_000n,
  baseCap: 1000n,
  targetValue: 1000n,
  reserveBound: 500n,
  reserveCeiling: 5000n,
};
const emitted = (change: Partial<Emitted>): Emitted => ({ scheduled: 0n, issued: 0n, reserve: 0n, ...change });

describe('the schedule', () => {
  it('halves when a half, three quarters, seven eighths ... of the supply is scheduled, not one unit before', () => {
    const supply = 1n << 20n;
    expect(halvings(supply, 0n)).toBe(0n);
    for (let h = 1n; h <= 20n; h++) {
      const threshold = supply - (supply >> h);
      expect(halvings(supply, threshold - 1n)).toBe(h - 1n);
      expect(halvings(supply, threshold)).toBe(h);
    }
    expect(halvings(supply, supply)).toBeUndefined();
  });

  it('has these golden numbers: a supply of 1,000,000 with a first cap of 1,000', () => {
    let scheduled = 0n;
    const firstEpochWithCap = new Map<bigint, number>();
    for (let epoch = 1; epoch <= 10_000; epoch++) {
      const { cap } = epochCap(schedule, scheduled);
      if (!firstEpochWithCap.has(cap)) firstEpochWithCap.set(cap, epoch);
      scheduled += cap;
    }
    expect([...firstEpochWithCap].slice(0, 6)).toEqual([
      [1000n, 1],
      [500n, 501],
      [250n, 1001],
      [125n, 1501],
      [62n, 2001],
      [31n, 2506],
    ]);
    expect(scheduled <= schedule.maxSupply).toBe(true);
  });

  it('is floor(log2(S / (S - scheduled))) for all integers', () => {
    const supplies = fc.bigInt({ min: 1n, max: (1n << 63n) - 1n });
    fc.assert(
      fc.property(supplies, fc.bigInt({ min: 0n, max: 1n << 63n }), (supply, seed) => {
        const left = supply - (seed % supply);
        const h = halvings(supply, supply - left) ?? -1n;
        expect(left << h <= supply && left << (h + 1n) > supply).toBe(true);
      }),
    );
  });

  it('never schedules more than the supply, even with a cap as large as it', () => {
    const greedy = { ...schedule, baseCap: schedule.maxSupply };
    let scheduled = 0n;
    for (let epoch = 0; epoch < 50; epoch++) scheduled += epochCap(greedy, scheduled).cap;
    expect(scheduled).toBe(schedule.maxSupply);
    expect(epochCap(greedy, scheduled).cap).toBe(0n);
  });
});

describe('the index', () => {
  it('is 1,000,000 at the start prices and follows a basket by its weights', () => {
    const part = (weightPpm: bigint, slow: bigint, start: bigint) => ({ weightPpm, slow, start });
    expect(indexPpm([part(1_000_000n, 77n, 77n)])).toBe(1_000_000n);
    expect(indexPpm([part(750_000n, 200n, 100n), part(250_000n, 50n, 100n)])).toBe(1_625_000n);
    expect(indexPpm([part(1_000_000n, 1n, 1n << 63n)])).toBe(1n);
  });

  it('keeps the value of what is paid level when it doubles: half as many units', () => {
    const rich = { ...schedule, baseCap: 100_000n };
    expect(epochLimits(rich, emitted({}), 1_000_000n, false)).toMatchObject({ budget: 1000n, limit: 'value' });
    expect(epochLimits(rich, emitted({}), 2_000_000n, false)).toMatchObject({ budget: 500n, limit: 'value' });
  });

  it('draws on the reserve when it falls, up to the bound', () => {
    const afterGoodYears = emitted({ scheduled: 10_000n, issued: 7000n, reserve: 3000n });
    expect(epochLimits(schedule, afterGoodYears, 500_000n, false)).toMatchObject({
      cap: 1000n,
      drawLimit: 500n,
      valueLimit: 2000n,
      budget: 1500n,
      limit: 'schedule',
    });
    expect(epochLimits(schedule, afterGoodYears, 500_000n, true)).toMatchObject({ drawLimit: 0n, budget: 1000n });
  });

  it('gives way to the supply at the very end', () => {
    const nearlyDone = emitted({ scheduled: 999_000n, issued: 999_999n });
    expect(epochLimits({ ...schedule, baseCap: 999_999n }, nearlyDone, 1_000_000n, false)).toMatchObject({
      budget: 1n,
      limit: 'supply',
    });
  });
});

const weights = fc.array(fc.bigInt({ min: 0n, max: 1n << 50n }), { minLength: 1, maxLength: 40 });
const amount = fc.bigInt({ min: 0n, max: 1n << 60n });

describe('the split of a stream', () => {
  it('accounts for its budget to the last unit', () => {
    fc.assert(
      fc.property(amount, amount, weights, (budget, bound, all) => {
        const split = splitStream(budget, bound, all);
        expect(sum(split.amounts) + split.dust).toBe(split.paid);
        expect(split.paid + split.returned).toBe(budget);
        expect(split.dust >= 0n && split.dust <= BigInt(all.length)).toBe(true);
      }),
    );
  });

  it('is not gamed by splitting: a contribution cut in k pieces gains nothing and loses less than k units', () => {
    const cuts = fc.array(fc.bigInt({ min: 1n, max: 1n << 50n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(amount, amount, weights, cuts, (budget, bound, others, pieces) => {
        const whole = splitStream(budget, bound, [sum(pieces), ...others]).amounts[0] ?? 0n;
        const cut = sum(splitStream(budget, bound, [...pieces, ...others]).amounts.slice(0, pieces.length));
        expect(cut <= whole && whole - cut < BigInt(pieces.length)).toBe(true);
      }),
    );
  });

  it('returns the whole budget when nobody has weight', () => {
    expect(splitStream(100n, 100n, [])).toEqual({ paid: 0n, amounts: [], dust: 0n, returned: 100n });
    expect(splitStream(100n, 100n, [0n, 0n])).toMatchObject({ paid: 0n, amounts: [0n, 0n], returned: 100n });
  });
});

it('gives parents their share of a reward and the child the rest, rounding included', () => {
  expect(splitReward(1001n, [100_000n, 50_000n])).toEqual({ own: 851n, parts: [100n, 50n] });
  expect(splitReward(7n, [])).toEqual({ own: 7n, parts: [] });
});
