/**
 * The contributions of a round valued together. What a row is worth does not depend on who brought it or in how many
 * files, so that splitting and merging change nothing; a near-copy of an earlier row is worth nothing; a row that is no
 * better than a guess loses.
 */
import { PPM } from './formulas.ts';
import { findNearCopies } from './nearCopies.ts';
import { knnShapley, type LabelledPoints, nearestFirst } from './shapley.ts';

/** One contribution's usable rows. */
export interface RoundMember {
  readonly points: LabelledPoints;
  /** Quality of each row, 0 to 10^6; a row without one counts in full. */
  readonly rowQuality?: readonly bigint[];
}

export interface RoundTerms {
  /** Neighbours that the objective's learner asks. */
  readonly k: number;
  /** What a guess reaches on the shard; less than 10^6. */
  readonly baselinePpm: bigint;
}

export interface MemberValue {
  /** Its rows' part of what the baseline leaves open, in 10^-12; negative for harm. */
  readonly value: bigint;
  /** Root of the sum of the squares of its rows' values, in 10^-12: how far chance alone carries such a sum. */
  readonly noise: bigint;
  readonly rows: number;
  /** Rows that repeat one of an earlier contribution or of this one. */
  readonly nearCopies: number;
  readonly harmfulRows: number;
}

/** A sum counts if it is at least so many times what chance carries it. */
const SIGNIFICANCE = 2n;

/**
 * The value that weights are made of: 0 where it cannot be told from luck. Pieces of a few rows have none, so that cutting
 * bad rows off, in pieces of which only the good ones are paid, gains nothing.
 */
export function countedValue({ noise, value }: MemberValue): bigint {
  const size = value < 0n ? -value : value;
  return size < SIGNIFICANCE * noise ? 0n : value;
}

export interface RoundValue {
  /** In the order given. */
  readonly members: readonly MemberValue[];
  /** Share of right labels among the K nearest neighbours of the shard's rows, in 10^-6. */
  readonly utilityMicro: bigint;
  /** Rows that are no near-copies. */
  readonly rows: number;
  /** How many right rows the round amounts to beyond guessing, in 10^-6 of a row: chance adds nothing to it. At least 0. */
  readonly netRowsMicro: bigint;
}

/**
 * Values members, which come in the order of their priority, on a shard. A row's value is its KNN-Shapley value among all
 * rows of the round that are no near-copies, less an equal part of the baseline (the value that it would have in the game in
 * which missing neighbours are guessed), over 1 - baseline. Where positive it is multiplied by the row's quality.
 * @throws RangeError for a shard or K out of bounds, a baseline of 1 or more
 */
export function valueRound(members: readonly RoundMember[], shard: LabelledPoints, terms: RoundTerms): RoundValue {
  const { k, baselinePpm } = terms;
  if (baselinePpm < 0n || baselinePpm >= PPM) throw new RangeError(`baseline ${baselinePpm} in 10^-6`);
  const all = members.flatMap(({ points, rowQuality }, member) =>
    points.features.map((features, row) => ({
      member,
      features,
      label: points.labels[row] ?? '',
      quality: rowQuality?.[row] ?? PPM,
    })),
  );
  const isCopy = findNearCopies({ features: all.map((row) => row.features), labels: all.map((row) => row.label) });
  const rows = all.filter((_, at) => !isCopy[at]);
  const points = { features: rows.map((row) => row.features), labels: rows.map((row) => row.label) };
  const { utilityMicro, values } = knnShapley(points, shard, k);
  const sums = members.map(({ points: own }) => ({
    micro: 0n,
    squares: 0n,
    rows: own.labels.length,
    nearCopies: 0,
    harmfulRows: 0,
  }));
  for (const [at, row] of rows.entries()) {
    const sum = sums[row.member];
    if (sum === undefined) continue;
    const value = values[at] ?? 0n;
    // Ten to the minus eighteenth, rounded once for the whole contribution: pieces lose nothing.
    const micro = value > 0n ? value * row.quality : value * PPM;
    sum.micro += micro;
    sum.squares += micro * micro;
    if (value < 0n) sum.harmfulRows += 1;
  }
  for (const [at, { member }] of all.entries()) {
    const sum = sums[member];
    if (sum !== undefined && isCopy[at]) sum.nearCopies += 1;
  }
  // What is shared is what the baseline leaves open, by the values, whose sum is the whole utility.
  const gain = utilityMicro > baselinePpm ? ((utilityMicro - baselinePpm) * PPM) / (PPM - baselinePpm) : 0n;
  const shared = (micro: bigint): bigint => (utilityMicro === 0n ? 0n : (micro * gain) / (utilityMicro * PPM));
  return {
    members: sums.map(({ micro, squares, ...counts }) => ({
      ...counts,
      value: shared(micro),
      noise: shared(squareRoot(squares)),
    })),
    utilityMicro,
    rows: rows.length,
    netRowsMicro: netRows(points, shard, terms),
  };
}

/** Sum over the rows of (share of the row's K nearest rows of the shard that have its label - baseline) / (1 - baseline). */
function netRows({ features, labels }: LabelledPoints, shard: LabelledPoints, { k, baselinePpm }: RoundTerms): bigint {
  const asked = Math.min(k, shard.features.length);
  let matches = 0n;
  for (const [at, point] of features.entries()) {
    const nearest = nearestFirst(shard.features, point).subarray(0, asked);
    matches += BigInt(nearest.filter((row) => shard.labels[row] === labels[at]).length);
  }
  const expected = BigInt(features.length) * BigInt(asked) * baselinePpm;
  const net = ((matches * PPM - expected) * PPM) / (BigInt(asked) * (PPM - baselinePpm));
  return net > 0n ? net : 0n;
}

/** Rounded down (Newton's method). */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
