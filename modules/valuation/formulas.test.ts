import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appraise, gainOver, PPM, qualityMetrics, qualityOf } from './formulas.ts';

const ppm = fc.bigInt({ min: 0n, max: PPM });
const metric = (name: string, value: bigint) => ({ name, value });

function data(change: Partial<Record<string, bigint | undefined>> = {}) {
  const values: Record<string, bigint | undefined> = {
    completeness: 900_000n,
    accuracy: 1_000_000n,
    consistency: 500_000n,
    timeliness: 1_000_000n,
    impact_micro: 800_000n,
    ...change,
  };
  const metrics = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [metric(name, value)]));
  return { kind: 1 as const, metrics, qualityGatePpm: 400_000n, baselinePpm: 0n };
}

describe('the weight of data', () => {
  it('is quality times impact', () => {
    expect(appraise(data())).toEqual({
      qualityPpm: 450_000n,
      impactMicro: 800_000n,
      weight: 360_000n,
      passed: true,
      reason: '',
      costsDeposit: false,
    });
  });

  it('counts only what exceeds the baseline', () => {
    const result = appraise({ ...data({ consistency: PPM, completeness: PPM }), baselinePpm: 600_000n });
    expect([result.impactMicro, result.weight]).toEqual([500_000n, 500_000n]);
  });

  it('is nothing below the gate, and exactly at the gate it counts', () => {
    const gate = (qualityGatePpm: bigint) => appraise({ ...data(), qualityGatePpm });
    expect(gate(450_001n)).toMatchObject({
      passed: false,
      weight: 0n,
      reason: 'quality_below_gate',
      costsDeposit: false,
    });
    expect(gate(450_000n)).toMatchObject({ passed: true, weight: 360_000n });
  });

  it('is nothing for harmful data, which costs the deposit', () => {
    expect(appraise(data({ impact_micro: -1n }))).toMatchObject({
      passed: false,
      reason: 'negative_impact',
      costsDeposit: true,
    });
    const worse = appraise({ ...data({ impact_micro: 300_000n }), baselinePpm: 350_000n });
    expect(worse).toMatchObject({ weight: 0n, reason: 'negative_impact' });
  });

  it('is nothing without impact, but the data is accepted', () => {
    expect(appraise(data({ impact_micro: 0n }))).toMatchObject({ passed: true, weight: 0n });
    expect(appraise(data({ impact_micro: undefined }))).toMatchObject({ passed: true, weight: 0n });
  });

  it.each([...qualityMetrics])('is refused when %s is missing or impossible', (name) => {
    expect(appraise(data({ [name]: undefined })).reason).toBe('metric_missing');
    expect(appraise(data({ [name]: -1n })).reason).toBe('metric_out_of_range');
    expect(appraise(data({ [name]: PPM + 1n })).reason).toBe('metric_out_of_range');
  });

  it('is refused for an impact that no shard can give', () => {
    expect(appraise(data({ impact_micro: (1n << 63n) - 1n })).reason).toBe('metric_out_of_range');
  });

  it('is between 0 and 1, and never falls when a metric rises', () => {
    fc.assert(
      fc.property(
        ppm,
        ppm,
        ppm,
        ppm,
        ppm,
        ppm,
        fc.constantFrom(...qualityMetrics, 'impact_micro'),
        (c, a, s, t, i, baselinePpm, name) => {
          const values = { completeness: c, accuracy: a, consistency: s, timeliness: t, impact_micro: i };
          const weight = (change: object) =>
            appraise({ ...data({ ...values, ...change }), qualityGatePpm: 0n, baselinePpm }).weight;
          const before = weight({});
          expect(before >= 0n && before <= PPM).toBe(true);
          expect(weight({ [name]: PPM }) >= before).toBe(true);
        },
      ),
    );
  });
});

describe('the weight of a model', () => {
  const model = (accuracy: bigint, baselinePpm: bigint) =>
    appraise({ kind: 2, metrics: [metric('accuracy', accuracy)], qualityGatePpm: 0n, baselinePpm });

  it('is the share of the remaining error that it removes', () => {
    expect(model(950_000n, 900_000n)).toMatchObject({ passed: true, weight: 500_000n });
    expect(model(PPM, 900_000n).weight).toBe(PPM);
  });

  it('needs an accuracy, above the baseline', () => {
    expect(model(900_000n, 900_000n)).toMatchObject({
      passed: false,
      reason: 'not_above_baseline',
      costsDeposit: false,
    });
    expect(model(PPM + 1n, 0n).reason).toBe('metric_out_of_range');
    expect(appraise({ kind: 2, metrics: [], qualityGatePpm: 0n, baselinePpm: 0n }).reason).toBe('metric_missing');
  });
});

describe('compute', () => {
  const work = (megaflop: bigint, availability: bigint, punctuality: bigint) =>
    appraise({
      kind: 3,
      metrics: [
        { name: 'availability', value: availability },
        { name: 'megaflop', value: megaflop },
        { name: 'punctuality', value: punctuality },
      ],
      qualityGatePpm: 0n,
      baselinePpm: 0n,
    });

  it('weighs 10^6 for each 10^12 operations that were available and in time', () => {
    expect(work(1_000_000n, 1_000_000n, 1_000_000n)).toMatchObject({ weight: 1_000_000n, passed: true });
    expect(work(2_000_000n, 500_000n, 800_000n)).toMatchObject({ weight: 800_000n, qualityPpm: 400_000n });
    expect(work(3n, 0n, 1_000_000n)).toMatchObject({ weight: 0n, passed: true });
  });

  it('is refused with metrics that cannot be', () => {
    expect(work(-1n, 1n, 1n).reason).toBe('metric_out_of_range');
    expect(work(1n, 1_000_001n, 1n).reason).toBe('metric_out_of_range');
    expect(appraise({ kind: 3, metrics: [], qualityGatePpm: 0n, baselinePpm: 0n }).reason).toBe('metric_missing');
  });
});

describe('expertise', () => {
  const rubric = [
    { name: 'clarity', weight: 1 },
    { name: 'depth', weight: 3 },
  ];
  const judged = (clarity: bigint, depth: bigint) =>
    appraise({
      kind: 4,
      metrics: [
        { name: 'clarity', value: clarity },
        { name: 'depth', value: depth },
      ],
      qualityGatePpm: 500_000n,
      baselinePpm: 200_000n,
      rubric,
    });

  it('weighs the mean of its scores by the rubric, beyond the baseline', () => {
    expect(judged(400_000n, 800_000n)).toMatchObject({ qualityPpm: 700_000n, weight: 625_000n, passed: true });
  });

  it('is refused below the gate, out of range, or without a score', () => {
    expect(judged(1_000_000n, 300_000n).reason).toBe('quality_below_gate');
    expect(judged(-1n, 300_000n).reason).toBe('metric_out_of_range');
    const unjudged = { kind: 4, metrics: [], qualityGatePpm: 0n, baselinePpm: 0n } as const;
    expect(appraise({ ...unjudged, rubric }).reason).toBe('metric_missing');
    expect(appraise(unjudged).reason).toBe('metric_missing');
  });
});

it('a kind that nobody knows is not valued', () => {
  expect(appraise({ kind: 0, metrics: [], qualityGatePpm: 0n, baselinePpm: 0n }).reason).toBe('kind_not_valued');
});

it('quality is rounded once, downwards, and never exceeds its smallest part', () => {
  expect(qualityOf([999_999n, 999_999n])).toBe(999_998n);
  fc.assert(
    fc.property(fc.array(ppm, { minLength: 1, maxLength: 5 }), (ratios) => {
      const quality = qualityOf(ratios);
      expect(ratios.every((ratio) => quality <= ratio)).toBe(true);
    }),
  );
});

it('a perfect baseline leaves nothing to gain', () => {
  expect(gainOver(PPM, PPM)).toBe(0n);
});
