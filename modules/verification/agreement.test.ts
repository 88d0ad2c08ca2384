import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interval, krippendorffAlpha, median, nominal } from './agreement.ts';

/**
 * Reliability data of twelve units by four observers with missing values, and its alphas: K. Krippendorff, "Computing
 * Krippendorff's Alpha-Reliability" (2011), sections C and D: nominal 0.743, interval 0.849.
 */
const observers = [
  '123321412...',
  '12332241255.3'.replace('55', '5'),
  '.3332342251.',
  '1233244125 1.'.replace(' ', ''),
];
const units = Array.from({ length: 12 }, (_, unit) =>
  observers.flatMap((values) => (/\d/.test(values[unit] ?? '.') ? [BigInt(values[unit] ?? 0)] : [])),
);

describe('Krippendorff’s alpha in integers', () => {
  it('is what the published example says, nominal and interval', () => {
    expect(Number(krippendorffAlpha(units, nominal)) / 1e6).toBeCloseTo(0.743, 3);
    expect(Number(krippendorffAlpha(units, interval)) / 1e6).toBeCloseTo(0.849, 3);
  });

  it('is one for judges that agree, below zero for such that contradict each other, and nothing without variation', () => {
    expect(
      krippendorffAlpha(
        [
          [1n, 1n],
          [5n, 5n],
        ],
        interval,
      ),
    ).toBe(1_000_000n);
    expect(
      krippendorffAlpha(
        [
          [0n, 9n],
          [9n, 0n],
        ],
        interval,
      ),
    ).toBeLessThan(0n);
    expect(krippendorffAlpha([[3n, 3n], [3n]], interval)).toBeUndefined();
    expect(krippendorffAlpha([], nominal)).toBeUndefined();
  });

  it('depends neither on the order of judges nor on that of units, and never exceeds one', () => {
    const matrix = fc.array(fc.array(fc.bigInt(0n, 1_000_000n), { maxLength: 9 }), { maxLength: 9 });
    fc.assert(
      fc.property(matrix, (values) => {
        const alpha = krippendorffAlpha(values, interval);
        const turned = krippendorffAlpha(
          [...values].reverse().map((unit) => [...unit].reverse()),
          interval,
        );
        expect(turned).toBe(alpha);
        if (alpha !== undefined) expect(alpha <= 1_000_000n).toBe(true);
      }),
    );
  });
});

it('the median is the middle value, or the mean of the middle two rounded down', () => {
  expect([median([5n]), median([9n, 1n, 4n]), median([4n, 1n]), median([1n, 2n, 3n, 100n])]).toEqual([5n, 4n, 2n, 2n]);
  expect(() => median([])).toThrow('median');
});
