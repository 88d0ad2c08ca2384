/**
 * Shapley values of training points for a nearest-neighbour classifier, exact and in integers. Pure: verifiers measure with
 * it, and whoever doubts a value computes it again.
 */
import { PPM } from './formulas.ts';

/** Point values are in 10^-12. */
export const SHAPLEY_SCALE = 1_000_000_000_000n;

/** Points of a shard at most: sums of so many values stay below 2^53. */
export const MAX_SHARD_POINTS = 8_192;

export interface LabelledPoints {
  /** Integers; the squared distance of two points, times the number of points, must stay below 2^53. */
  readonly features: readonly (readonly number[])[];
  readonly labels: readonly string[];
}

export interface PointValues {
  /** One for each point, in 10^-12, rounded. */
  readonly values: bigint[];
  /** What the values add up to but for their rounding, exactly rounded down, in 10^-6. */
  readonly utilityMicro: bigint;
}

/**
 * Exact Shapley values of training points for an unweighted K-nearest-neighbour classifier (Jia et al., "Efficient
 * Task-Specific Data Valuation for Nearest Neighbor Algorithms", VLDB 2019, theorem 1): a point's average share in "how
 * many of the K nearest neighbours of a shard's point carry its label". Neighbours at equal distance are ordered by their
 * position. All sums are over integers, so that every machine finds the same.
 * @throws RangeError for K < 1, an empty or too large shard, points of different dimension or too far apart
 */
export function knnShapley(train: LabelledPoints, shard: LabelledPoints, k: number): PointValues {
  if (!Number.isSafeInteger(k) || k < 1) throw new RangeError(`K is ${k}, must be a positive integer`);
  const tests = shard.features.length;
  if (tests === 0) throw new RangeError('the shard has no points');
  if (tests > MAX_SHARD_POINTS) throw new RangeError(`the shard has ${tests} points, at most ${MAX_SHARD_POINTS}`);
  const sums = new Float64Array(train.features.length);
  const terms = marginalTerms(train.features.length, k);
  let hits = 0;
  shard.features.forEach((point, at) => {
    const order = nearestFirst(train.features, point);
    hits += addValues(sums, terms, order, k, (neighbour) => train.labels[neighbour] === shard.labels[at]);
  });
  return {
    values: Array.from(sums, (sum) => BigInt(sum) / BigInt(tests)),
    utilityMicro: (BigInt(hits) * PPM) / BigInt(k * tests),
  };
}

/** `terms[i]` is min(K, i) / (K i) in 10^-12 for the neighbour of rank i, from 1. */
function marginalTerms(count: number, k: number): Float64Array {
  const term = (rank: number) => (SHAPLEY_SCALE * BigInt(Math.min(k, rank))) / BigInt(k * rank);
  return Float64Array.from({ length: count + 1 }, (_, rank) => (rank === 0 ? 0 : Number(term(rank))));
}

/**
 * s_N = [match] min(K,N) / (K N); s_i = s_(i+1) + ([match i] - [match i+1]) min(K,i) / (K i), from the farthest inwards.
 * Returns how many of the K nearest match.
 */
function addValues(
  sums: Float64Array,
  terms: Float64Array,
  order: Float64Array,
  k: number,
  isMatch: (point: number) => boolean,
): number {
  let hits = 0;
  let value = 0;
  let fartherMatches = false;
  for (let rank = order.length; rank >= 1; rank--) {
    const point = order[rank - 1] ?? 0;
    const matches = isMatch(point);
    if (matches !== fartherMatches) value += matches ? (terms[rank] ?? 0) : -(terms[rank] ?? 0);
    sums[point] = (sums[point] ?? 0) + value;
    fartherMatches = matches;
    if (matches && rank <= k) hits += 1;
  }
  return hits;
}

/** Positions by distance, then position: one number holds both, since sorting numbers is many times faster than comparing. */
export function nearestFirst(points: LabelledPoints['features'], from: readonly number[]): Float64Array {
  const count = points.length;
  const keys = new Float64Array(count);
  points.forEach((point, at) => {
    const key = squaredDistance(point, from) * count + at;
    if (!Number.isSafeInteger(key)) throw new RangeError('points are too far apart for exact integers');
    keys[at] = key;
  });
  keys.sort();
  return keys.map((key) => key % count);
}

export function squaredDistance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError(`points have ${a.length} and ${b.length} features`);
  let sum = 0;
  for (let axis = 0; axis < a.length; axis++) {
    const difference = (a[axis] ?? 0) - (b[axis] ?? 0);
    sum += difference * difference;
  }
  return sum;
}
