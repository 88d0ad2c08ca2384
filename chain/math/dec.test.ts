import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodedError } from '../errors.ts';
import { Dec } from './dec.ts';
import vectors from './vectors.json' with { type: 'json' };

const dec = fc.bigInt(-(10n ** 40n), 10n ** 40n).map((atoms) => Dec.fromAtoms(atoms));

function attempt(work: () => Dec): string {
  try {
    return work().toString();
  } catch (error) {
    if (error instanceof CodedError && error.code === 111222) return 'panic';
    throw error;
  }
}

describe('decimals', () => {
  test.each(vectors.binary)('rounds as the SDK: %s', (row) => {
    const [a = '', b = '', ...expected] = row.split(' ');
    const [x, y] = [Dec.parse(a), Dec.parse(b)];
    expect([
      attempt(() => x.mul(y)),
      attempt(() => x.mulTruncate(y)),
      attempt(() => x.mulRoundUp(y)),
      attempt(() => x.quo(y)),
      attempt(() => x.quoTruncate(y)),
      attempt(() => x.quoRoundUp(y)),
    ]).toEqual(expected);
  });

  test.each(vectors.integers)(
    '%s truncates to %s, rounds to %s, its ceiling is %s',
    (text, truncated, rounded, ceiling) => {
      const value = Dec.parse(text ?? '');
      expect([value.truncateInt(), value.roundInt(), value.ceilInt()].map(String)).toEqual([
        truncated,
        rounded,
        ceiling,
      ]);
    },
  );

  test('text and atoms come back as they were', () => {
    fc.assert(
      fc.property(dec, (value) => {
        expect(Dec.parse(value.toString()).atoms).toBe(value.atoms);
        expect(Dec.parseAtoms(value.toAtomsText()).atoms).toBe(value.atoms);
      }),
    );
  });

  test('rounding up is never below rounding half to even, which is never below truncating, for positive values', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 40n), fc.bigInt(1n, 10n ** 40n), (a, b) => {
        const [x, y] = [Dec.fromAtoms(a), Dec.fromAtoms(b)];
        expect(x.quoRoundUp(y).atoms).toBeGreaterThanOrEqual(x.quo(y).atoms);
        expect(x.quo(y).atoms).toBeGreaterThanOrEqual(x.quoTruncate(y).atoms);
      }),
    );
  });

  test.each(['', '.5', '1.', '1e3', '0x1', '1.0000000000000000001', '--1', '+1', ' 1', 'NaN', '9'.repeat(130)])(
    'refuses %j',
    (text) => {
      expect(() => Dec.parse(text)).toThrow(RangeError);
    },
  );

  test('a value beyond 315 bits is the SDK’s panic, not a silent wrap', () => {
    const huge = Dec.fromAtoms((1n << 315n) - 1n);
    expect(() => huge.add(Dec.smallest)).toThrow('Int overflow');
    expect(() => huge.mulInt(2n)).toThrow('Int overflow');
    expect(() => Dec.parse((1n << 256n).toString())).toThrow(RangeError);
  });
});
