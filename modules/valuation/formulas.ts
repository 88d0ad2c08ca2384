/**
 * From metrics to a weight, in integers of 10^-6, rounded towards zero. Pure: the chain decides with it, and whoever
 * doubts a weight computes it again from the query `Explain`.
 */
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';

/** One, in 10^-6. */
export const PPM = 1_000_000n;

/** Ratios in 10^-6 that make up the quality of data (white paper, section 3.1), in the order of the product. */
export const qualityMetrics = ['completeness', 'accuracy', 'consistency', 'timeliness'] as const;

/** Utility of the contribution's rows on the objective's shard, in 10^-6: the sum of their KNN-Shapley values. */
export const impactMetric = 'impact_micro';

/** What a model is measured by on the shard, in 10^-6. */
export const modelMetric = 'accuracy';

export interface AppraisalInput {
  readonly kind: ContributionKind;
  readonly metrics: readonly Metric[];
  /** 10^-6 */
  readonly qualityGatePpm: bigint;
  /** What the shard's majority guess or the best known model reaches; only what exceeds it counts. 10^-6 */
  readonly baselinePpm: bigint;
}

export interface AppraisalResult {
  readonly qualityPpm: bigint;
  readonly impactMicro: bigint;
  readonly weight: bigint;
  readonly passed: boolean;
  /** Empty, `metric_missing`, `metric_out_of_range`, `quality_below_gate`, `negative_impact`, `not_above_baseline`, `kind_not_valued`. */
  readonly reason: string;
  readonly costsDeposit: boolean;
}

const nothing = { qualityPpm: 0n, impactMicro: 0n, weight: 0n, passed: false, reason: '', costsDeposit: false };

/** What a contribution is worth by its metrics. Never throws: metrics that cannot be are a reason to refuse. */
export function appraise(input: AppraisalInput): AppraisalResult {
  switch (input.kind) {
    case ContributionKind.CONTRIBUTION_KIND_DATA:
      return appraiseData(input);
    case ContributionKind.CONTRIBUTION_KIND_MODEL:
      return appraiseModel(input);
    default:
      return { ...nothing, reason: 'kind_not_valued' };
  }
}

function appraiseData({ metrics, qualityGatePpm, baselinePpm }: AppraisalInput): AppraisalResult {
  const ratios: bigint[] = [];
  for (const name of qualityMetrics) {
    const value = metricValue(metrics, name);
    if (value === undefined) return { ...nothing, reason: 'metric_missing' };
    if (value < 0n || value > PPM) return { ...nothing, reason: 'metric_out_of_range' };
    ratios.push(value);
  }
  const qualityPpm = qualityOf(ratios);
  const measured = metricValue(metrics, impactMetric);
  if (measured !== undefined && (measured > PPM || measured < -PPM))
    return { ...nothing, reason: 'metric_out_of_range' };
  if (qualityPpm < qualityGatePpm) {
    return { ...nothing, qualityPpm, impactMicro: measured ?? 0n, reason: 'quality_below_gate' };
  }
  if (measured === undefined) return { ...nothing, qualityPpm, passed: true };
  const impactMicro = gainOver(measured, baselinePpm);
  if (impactMicro < 0n) {
    return { ...nothing, qualityPpm, impactMicro, reason: 'negative_impact', costsDeposit: true };
  }
  return { ...nothing, qualityPpm, impactMicro, weight: (qualityPpm * impactMicro) / PPM, passed: true };
}

function appraiseModel({ metrics, baselinePpm }: AppraisalInput): AppraisalResult {
  const measured = metricValue(metrics, modelMetric);
  if (measured === undefined) return { ...nothing, reason: 'metric_missing' };
  if (measured < 0n || measured > PPM) return { ...nothing, reason: 'metric_out_of_range' };
  const impactMicro = gainOver(measured, baselinePpm);
  if (impactMicro <= 0n) return { ...nothing, impactMicro, reason: 'not_above_baseline' };
  return { ...nothing, impactMicro, weight: impactMicro, passed: true };
}

/** Product of ratios in 10^-6, rounded down once at the end. */
export function qualityOf(ratios: readonly bigint[]): bigint {
  const product = ratios.reduce((whole, ratio) => whole * ratio, PPM);
  return product / PPM ** BigInt(ratios.length);
}

/** The share of what the baseline left open that was gained: (measured - baseline) / (1 - baseline), in 10^-6. */
export function gainOver(measured: bigint, baselinePpm: bigint): bigint {
  if (baselinePpm >= PPM) return 0n;
  return ((measured - baselinePpm) * PPM) / (PPM - baselinePpm);
}

export function metricValue(metrics: readonly Metric[], name: string): bigint | undefined {
  return metrics.find((metric) => metric.name === name)?.value;
}

/**
 * The parts of a reward, in 10^-6, that go to the contributors of its parents: an equal part for each parent, rounded
 * down. Parents of the beneficiary itself leave their part where it is. Keys are addresses as text.
 */
export function parentShares(
  parents: readonly string[],
  beneficiary: string,
  parentsSharePpm: bigint,
): Map<string, bigint> {
  const shares = new Map<string, bigint>();
  if (parents.length === 0) return shares;
  const part = parentsSharePpm / BigInt(parents.length);
  for (const parent of [...parents].sort()) {
    if (parent !== beneficiary && part > 0n) shares.set(parent, (shares.get(parent) ?? 0n) + part);
  }
  return shares;
}

/** The formula of a kind, in words that `Explain` shows. */
export function formulaText(kind: ContributionKind): string {
  switch (kind) {
    case ContributionKind.CONTRIBUTION_KIND_DATA:
      return 'weight = completeness * accuracy * consistency * timeliness * max((impact_micro - baseline) / (1 - baseline), 0)';
    case ContributionKind.CONTRIBUTION_KIND_MODEL:
      return 'weight = max((accuracy - baseline) / (1 - baseline), 0)';
    default:
      return 'weight = 0';
  }
}

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
function nearestFirst(points: LabelledPoints['features'], from: readonly number[]): Float64Array {
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

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError(`points have ${a.length} and ${b.length} features`);
  let sum = 0;
  for (let axis = 0; axis < a.length; axis++) {
    const difference = (a[axis] ?? 0) - (b[axis] ?? 0);
    sum += difference * difference;
  }
  return sum;
}
