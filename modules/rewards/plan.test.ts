import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contributionStreams, type Emitted, type StreamName, shareOf, streamNames, sum } from './formulas.ts';
import { type EpochPlan, type EpochTerms, type EpochWork, planEpoch } from './plan.ts';

const terms: EpochTerms = {
  maxSupply: 1_000_000_000n,
  baseCap: 1_000_000n,
  targetValue: 1_000_000n,
  reserveBound: 1_000_000n,
  reserveCeiling: 10_000_000n,
  streams: {
    data: { sharePpm: 300_000n, rate: 100_000n },
    model: { sharePpm: 250_000n, rate: 100_000n },
    compute: { sharePpm: 100_000n, rate: 100_000n },
    expertise: { sharePpm: 50_000n, rate: 100_000n },
    verifiers: { sharePpm: 150_000n, rate: 10_000n },
    stakers: { sharePpm: 100_000n, rate: 0n },
    community: { sharePpm: 50_000n, rate: 0n },
  },
  verifierAllowance: 50_000n,
  verifierFeeMultiplePpm: 2_000_000n,
};
const start: Emitted = { scheduled: 0n, issued: 0n, reserve: 0n };
const idle: EpochWork = {
  index: 1_000_000n,
  paused: false,
  weights: { data: 0n, model: 0n, compute: 0n, expertise: 0n },
  demand: { data: 0n, model: 0n, compute: 0n, expertise: 0n },
  verifierUnits: [],
  verifierFees: 0n,
  stakes: [],
};
const stream = (plan: EpochPlan, name: StreamName) => {
  const found = plan.streams.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no stream ${name}`);
  return found;
};

const amounts = (max: bigint) => fc.array(fc.bigInt({ min: 0n, max }), { maxLength: 8 });
const works: fc.Arbitrary<EpochWork> = fc.record({
  index: fc.bigInt({ min: 1n, max: 100_000_000n }),
  paused: fc.boolean(),
  weights: fc.record({
    data: fc.bigInt({ min: 0n, max: 160_000_000n }),
    model: fc.bigInt({ min: 0n, max: 160_000_000n }),
    compute: fc.bigInt({ min: 0n, max: 160_000_000n }),
    expertise: fc.bigInt({ min: 0n, max: 160_000_000n }),
  }),
  demand: fc.record({
    data: fc.bigInt({ min: 0n, max: 320_000_000n }),
    model: fc.bigInt({ min: 0n, max: 320_000_000n }),
    compute: fc.bigInt({ min: 0n, max: 320_000_000n }),
    expertise: fc.bigInt({ min: 0n, max: 320_000_000n }),
  }),
  verifierUnits: amounts(100n),
  verifierFees: fc.bigInt({ min: 0n, max: 1_000_000n }),
  stakes: amounts(1_000_000n),
});

describe('an epoch', () => {
  it('accounts for every unit over any history, and never issues more than was scheduled', () => {
    fc.assert(
      fc.property(fc.array(works, { minLength: 1, maxLength: 30 }), (history) => {
        let emitted = start;
        for (const work of history) {
          const plan = planEpoch(terms, emitted, work);
          const toAccounts = sum(plan.streams.flatMap((each) => each.amounts));
          const byWeight = sum(contributionStreams.map((name) => stream(plan, name).paid));
          expect(byWeight + toAccounts + stream(plan, 'community').paid + plan.dust).toBe(plan.paid);
          expect(plan.paid <= plan.budget).toBe(true);
          expect(plan.after.issued).toBe(emitted.issued + plan.paid);
          expect(plan.after.reserve + plan.lapsed).toBe(emitted.reserve + plan.cap - plan.paid);
          expect(plan.after.issued + plan.after.reserve <= plan.after.scheduled).toBe(true);
          expect(plan.after.scheduled <= terms.maxSupply).toBe(true);
          expect(plan.after.reserve <= terms.reserveCeiling).toBe(true);
          emitted = plan.after;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('pays a weight no more in an empty epoch than in the full one before it, but for a 128th', () => {
    const full = planEpoch(terms, start, { ...idle, weights: { ...idle.weights, data: 60_000_000n } });
    const { demand, paid } = stream(full, 'data');
    expect({ demand, paid }).toEqual({ demand: 60_000_000n, paid: 300_000n });
    const weights = { ...idle.weights, data: 1_000_000n };
    const empty = planEpoch(terms, start, { ...idle, weights, demand: { ...idle.demand, data: demand } });
    expect(stream(empty, 'data').paid).toBe(5_039n);
    expect(stream(planEpoch(terms, start, { ...idle, weights }), 'data').paid).toBe(100_000n);
  });

  it('pays only the community when nobody did anything; the rest waits in the reserve', () => {
    const plan = planEpoch(terms, start, idle);
    expect(plan).toMatchObject({ cap: 1_000_000n, budget: 1_000_000n, paid: 50_000n });
    expect(plan.after).toEqual({ scheduled: 1_000_000n, issued: 50_000n, reserve: 950_000n });
  });

  it('does not give itself to a lone contribution: the rate bounds what its weight earns', () => {
    const plan = planEpoch(terms, start, { ...idle, weights: { ...idle.weights, data: 500_000n } });
    expect(stream(plan, 'data')).toMatchObject({
      budget: 300_000n,
      paid: 50_000n,
      returned: 250_000n,
      bound: true,
    });
  });

  it('shares a crowded stream by weight', () => {
    const plan = planEpoch(terms, start, { ...idle, weights: { ...idle.weights, data: 6_000_000n } });
    const { paid, weight, ...data } = stream(plan, 'data');
    expect(data).toMatchObject({ returned: 0n, bound: false });
    expect([2_000_000n, 4_000_000n].map((own) => shareOf(paid, own, weight))).toEqual([100_000n, 200_000n]);
  });

  it('pays verifiers by work, no more than the allowance and a multiple of the fees', () => {
    const busy = { ...idle, verifierUnits: [10n, 5n] };
    expect(stream(planEpoch(terms, start, busy), 'verifiers').paid).toBe(50_000n);
    const withFees = { ...busy, verifierFees: 20_000n };
    expect(stream(planEpoch(terms, start, withFees), 'verifiers').amounts).toEqual([60_000n, 30_000n]);
    const slack = { ...idle, verifierUnits: [1n], verifierFees: 1_000_000n };
    expect(stream(planEpoch(terms, start, slack), 'verifiers').paid).toBe(10_000n);
  });

  it('makes up for a fallen index from the reserve, unless paused', () => {
    const saved = { scheduled: 10_000_000n, issued: 5_000_000n, reserve: 5_000_000n };
    const fallen = { ...idle, index: 500_000n };
    expect(planEpoch(terms, saved, fallen).budget).toBe(2_000_000n);
    expect(planEpoch(terms, saved, { ...fallen, paused: true })).toMatchObject({ budget: 1_000_000n, drawLimit: 0n });
  });

  it('ends when the supply is issued, and stays ended', () => {
    const all = { ...idle, stakes: [1n] };
    const done: Emitted = { scheduled: terms.maxSupply, issued: terms.maxSupply, reserve: 0n };
    expect(planEpoch(terms, done, all)).toMatchObject({ cap: 0n, budget: 0n, paid: 0n, after: done });
    const reserveLeft: Emitted = { scheduled: terms.maxSupply, issued: terms.maxSupply - 30n, reserve: 30n };
    const last = planEpoch(terms, reserveLeft, all);
    expect(last.budget).toBe(30n);
    expect(planEpoch(terms, last.after, all).after.issued <= terms.maxSupply).toBe(true);
  });

  it('names all seven streams in order', () => {
    expect(planEpoch(terms, start, idle).streams.map(({ name }) => name)).toEqual(streamNames);
  });
});
