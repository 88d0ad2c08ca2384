/**
 * Exact Shapley values of training points for an unweighted K-nearest-neighbour classifier (Jia et al., "Efficient
 * Task-Specific Data Valuation for Nearest Neighbor Algorithms", VLDB 2019, theorem 1), in integers so that every
 * machine finds the same. Pure; run by verifiers, and by whoever checks them.
 */

/** Values are in 10^-12, so that sums of millions of them are exact to 10^-6. */
export const SHAPLEY_SCALE = 1_000_000_000_000n;

export interface LabelledPoints {
  /** Integers; squared distances between two points must stay below 2^53. */
  readonly features: readonly (readonly number[])[];
  readonly labels: readonly string[];
}

/**
 * One value for each training point, in 10^-12: its average share in "how many of the K nearest neighbours of a shard's
 * point carry its label". Neighbours at equal distance are ordered by their position. The values of all points add up to
 * that share for the whole set. Throws a RangeError for K < 1, an empty shard, or points of different dimension.
 */
export function knnShapley(train: LabelledPoints, shard: LabelledPoints, k: number): bigint[] {
  if (!Number.isSafeInteger(k) || k < 1) throw new RangeError(`K is ${k}, must be a positive integer`);
  const tests = shard.features.length;
  if (tests === 0) throw new RangeError('the shard has no points');
  const values = new Array<bigint>(train.features.length).fill(0n);
  const terms = marginalTerms(train.features.length, k);
  shard.features.forEach((point, at) => {
    addValues(values, terms, nearestFirst(train.features, point), train.labels, shard.labels[at]);
  });
  return values.map((value) => value / BigInt(tests));
}

/** `terms[i]` is min(K, i) / (K i) in 10^-12 for the neighbour of rank i, from 1. */
function marginalTerms(count: number, k: number): bigint[] {
  return Array.from({ length: count + 1 }, (_, rank) =>
    rank === 0 ? 0n : (SHAPLEY_SCALE * BigInt(Math.min(k, rank))) / BigInt(k * rank),
  );
}

/** s_N = [match] min(K,N) / (K N); s_i = s_(i+1) + ([match i] - [match i+1]) min(K,i) / (K i), from the farthest inwards. */
function addValues(
  values: bigint[],
  terms: readonly bigint[],
  order: Int32Array,
  labels: readonly string[],
  label: string | undefined,
): void {
  let value = 0n;
  let fartherMatches = false;
  for (let rank = order.length; rank >= 1; rank--) {
    const point = order[rank - 1] ?? 0;
    const matches = labels[point] === label;
    if (matches !== fartherMatches) value += matches ? (terms[rank] ?? 0n) : -(terms[rank] ?? 0n);
    values[point] = (values[point] ?? 0n) + value;
    fartherMatches = matches;
  }
}

function nearestFirst(points: LabelledPoints['features'], from: readonly number[]): Int32Array {
  const distances = points.map((point) => squaredDistance(point, from));
  const order = Int32Array.from(points.keys());
  return order.sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b);
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError(`points have ${a.length} and ${b.length} features`);
  let sum = 0;
  for (let axis = 0; axis < a.length; axis++) {
    const difference = (a[axis] ?? 0) - (b[axis] ?? 0);
    sum += difference * difference;
  }
  if (!Number.isSafeInteger(sum)) throw new RangeError('a squared distance is not below 2^53');
  return sum;
}
