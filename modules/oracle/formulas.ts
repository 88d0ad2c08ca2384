/**
 * The oracle's arithmetic: stake-weighted quantiles, bounded steps and averages over time. Pure; everything is an
 * integer. Prices are in 10^-6 of the quote currency, times in nanoseconds, ratios in 10^-6.
 */

export const MICRO = 1_000_000n;

/** A million times the median: beyond it a spread says nothing more, and it has to stay within 64 bits. */
const MAX_SPREAD_PPM = 10n ** 12n;

/** What one validator believes, with its power in the set that signed. */
export interface Opinion {
  readonly value: bigint;
  readonly power: bigint;
}

export interface Aggregate {
  readonly median: bigint;
  /** Distance between the first and third quartile by power, in 10^-6 of the median; 10^12 at most. */
  readonly spreadPpm: bigint;
  /** Part of the total power that had an opinion, in 10^-6. */
  readonly powerPpm: bigint;
}

/**
 * The stake-weighted median, or undefined unless more than 2/3 of `totalPower` has an opinion. Then whoever holds less
 * than 1/3 of the total is less than half of those that spoke, so the median lies within the range of all others.
 */
export function aggregate(opinions: readonly Opinion[], totalPower: bigint): Aggregate | undefined {
  const power = opinions.reduce((sum, opinion) => sum + opinion.power, 0n);
  if (power <= 0n || power * 3n <= totalPower * 2n) return undefined;
  const sorted = [...opinions].sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  const median = quantile(sorted, power, 1n, 2n);
  const spread = quantile(sorted, power, 3n, 4n) - quantile(sorted, power, 1n, 4n);
  const spreadPpm = median === 0n ? 0n : (spread * MICRO) / median;
  const powerPpm = (power * MICRO) / totalPower;
  return { median, spreadPpm: spreadPpm < MAX_SPREAD_PPM ? spreadPpm : MAX_SPREAD_PPM, powerPpm };
}

/** The least value up to which at least `part/whole` of the power lies. */
function quantile(sorted: readonly Opinion[], power: bigint, part: bigint, whole: bigint): bigint {
  let below = 0n;
  for (const { value, power: weight } of sorted) {
    below += weight;
    if (below * whole >= power * part) return value;
  }
  throw new RangeError('no opinions');
}

/** Moves from `from` towards `to` by at most `maxChangePpm` of `from`, but by 1 at least: a jump is followed, late. */
export function boundedStep(from: bigint, to: bigint, maxChangePpm: bigint): bigint {
  const share = (from * maxChangePpm) / MICRO;
  const step = share > 0n ? share : 1n;
  if (to > from + step) return from + step;
  if (to < from - step) return from - step;
  return to;
}

/** `to - from` in 10^-6 of `from`, rounded towards zero; 0 if there is no `from`. */
export function changePpm(from: bigint, to: bigint): bigint {
  return from === 0n ? 0n : ((to - from) * MICRO) / from;
}

/** The part of [begin, end) before `until`, never negative. */
export function overlap(begin: bigint, end: bigint, until: bigint): bigint {
  const last = until < end ? until : end;
  return last > begin ? last - begin : 0n;
}
