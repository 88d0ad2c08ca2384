import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosPi32, exp32, log32, power32 } from './math.ts';

/** Distance in units in the last place of the float32 nearest to `exact`. */
function ulps(value: number, exact: number): number {
  const bits = (x: number) => new Int32Array(Float32Array.of(x).buffer)[0] ?? 0;
  return Math.abs(bits(value) - bits(exact));
}

const bitsOf = (values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('hex');
const float = (min: number, max: number) =>
  fc.float({ min: Math.fround(min), max: Math.fround(max), noNaN: true, noDefaultInfinity: true });

describe('exp in float32', () => {
  it('is within 2 units in the last place, and a float32', () => {
    fc.assert(
      fc.property(float(-87, 88), (x) => {
        expect(ulps(exp32(x), Math.exp(x))).toBeLessThanOrEqual(2);
        expect(Math.fround(exp32(x))).toBe(exp32(x));
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps denormals and ends in 0 and infinity', () => {
    expect(exp32(0)).toBe(1);
    expect(exp32(-100)).toBeCloseTo(Math.exp(-100), 44);
    expect(exp32(-100)).toBeGreaterThan(0);
    expect(exp32(-104.5)).toBe(0);
    expect(exp32(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp32(89.5)).toBe(Number.POSITIVE_INFINITY);
    expect(exp32(Number.NaN)).toBeNaN();
  });

  it('never changes a bit', () => {
    expect(bitsOf([-80, -10, -1, -0.1, 0.3, 1, 10, 80].map((x) => exp32(Math.fround(x))))).toBe(
      'baecbf05ce6b3e38b25abc3e6da3673f2cc8ac3f54f82d40ee14ac46cebb2a79',
    );
  });
});

describe('log in float32', () => {
  it('is within 2 units in the last place away from 1, and within 2e-7 near it', () => {
    fc.assert(
      fc.property(float(2 ** -120, 2 ** 120), (x) => {
        const value = log32(x);
        expect(ulps(value, Math.log(x)) <= 2 || Math.abs(value - Math.log(x)) < 2e-7).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes denormals, and has no value below 0', () => {
    expect(log32(1)).toBe(0);
    expect(log32(2 ** -149)).toBeCloseTo(-103.2789, 3);
    expect(log32(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log32(-1)).toBeNaN();
  });

  it('never changes a bit', () => {
    expect(bitsOf([1e-30, 0.1, 0.9, 1.1, 2, 10, 1e30].map((x) => log32(Math.fround(x))))).toBe(
      'b5278ac28e5d13c045c7d7bdff31c33d1872313f8e5d1340b5278a42',
    );
  });
});

describe('cos and powers in float32', () => {
  it('are within 2e-7 of the cosine, and of a power relative to its exponent', () => {
    fc.assert(
      fc.property(float(0, 1), float(0.75, 1), fc.nat(200), (t, base, exponent) => {
        expect(Math.abs(cosPi32(t) - Math.cos(Math.PI * t))).toBeLessThan(2e-7);
        expect(Math.abs(cosPi32(t))).toBeLessThanOrEqual(1);
        expect(Math.abs(power32(base, exponent) / base ** exponent - 1)).toBeLessThan(1e-7 * (exponent + 1));
      }),
      { numRuns: 2_000 },
    );
    expect([cosPi32(0.5), power32(0.5, 0), power32(0.5, 200)]).toEqual([0, 1, 0]);
  });

  it('never change a bit', () => {
    expect(bitsOf([0.1, 0.25, 0.4, 0.75, 0.9].map((t) => cosPi32(Math.fround(t))))).toBe(
      '7078733ff304353f79379e3ef30435bf707873bf',
    );
    expect(bitsOf([3, 10, 100].map((exponent) => power32(Math.fround(0.9), exponent)))).toBe(
      'bd9f3a3ff785b23effcfde37',
    );
  });
});
