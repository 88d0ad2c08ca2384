/** How far judges agree beyond chance, in integers. Pure. */

const PPM = 1_000_000n;

/** How much two values differ: any difference counts 1 (nominal), or the square of the distance (interval). */
export type Difference = (a: bigint, b: bigint) => bigint;

export const nominal: Difference = (a, b) => (a === b ? 0n : 1n);
export const interval: Difference = (a, b) => (a - b) * (a - b);

/**
 * Krippendorff's alpha in 10^-6, rounded down: 1 - observed / expected disagreement (K. Krippendorff, "Computing
 * Krippendorff's Alpha-Reliability", 2011). `units` holds for each unit the values that judges gave; units with fewer
 * than two values pair with nothing and are left out. 10^6 is perfect agreement, 0 what chance gives, negative is worse.
 * Undefined where all values are the same: there is nothing to agree about.
 */
export function krippendorffAlpha(units: readonly (readonly bigint[])[], difference: Difference): bigint | undefined {
  const paired = units.filter((values) => values.length >= 2);
  const all = paired.flat();
  const expected = disagreement(all, difference);
  if (expected === 0n) return undefined;
  // Observed: sum over units of disagreement / (m - 1), over the common denominator of all m - 1.
  const scale = paired.reduce((product, { length }) => leastCommonMultiple(product, BigInt(length - 1)), 1n);
  const observed = paired.reduce(
    (sum, values) => sum + (disagreement(values, difference) * scale) / BigInt(values.length - 1),
    0n,
  );
  const ratio = observed * BigInt(all.length - 1) * PPM;
  const divisor = expected * scale;
  return PPM - (ratio + divisor - 1n) / divisor;
}

/** Sum over all ordered pairs of different values. */
function disagreement(values: readonly bigint[], difference: Difference): bigint {
  let sum = 0n;
  for (const [at, a] of values.entries()) {
    for (const b of values.slice(at + 1)) sum += 2n * difference(a, b);
  }
  return sum;
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return (a * b) / greatestCommonDivisor(a, b);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

/** The middle value; of an even number the mean of the middle two, rounded down. */
export function median(values: readonly bigint[]): bigint {
  if (values.length === 0) throw new RangeError('nothing has no median');
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0n;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
  return (lower + upper) / 2n;
}
