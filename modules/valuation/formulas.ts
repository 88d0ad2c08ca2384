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

/** Millions of operations, and the shares that count of them (10^-6): what compute is measured by. */
export const workMetric = 'megaflop';
export const workShares = ['availability', 'punctuality'] as const;

/** What peers score an expertise by, and how much a criterion counts. */
export interface RubricCriterion {
  readonly name: string;
  readonly weight: number;
}

export interface AppraisalInput {
  readonly kind: ContributionKind;
  readonly metrics: readonly Metric[];
  /** 10^-6 */
  readonly qualityGatePpm: bigint;
  /** What the shard's majority guess or the best known model reaches; only what exceeds it counts. 10^-6 */
  readonly baselinePpm: bigint;
  /** EXPERTISE only. */
  readonly rubric?: readonly RubricCriterion[];
  /** DATA only: its weight is decided later, together with the others of its round (`roundWeight`). */
  readonly joint?: boolean;
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
    case ContributionKind.CONTRIBUTION_KIND_COMPUTE:
      return appraiseWork(input);
    case ContributionKind.CONTRIBUTION_KIND_EXPERTISE:
      return appraiseExpertise(input);
    default:
      return { ...nothing, reason: 'kind_not_valued' };
  }
}

function appraiseData({ metrics, qualityGatePpm, baselinePpm, joint = false }: AppraisalInput): AppraisalResult {
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
  if (joint) return { ...nothing, qualityPpm, impactMicro, passed: true };
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

/** 10^6 of weight for each 10^12 operations that were verified, available and in time. */
function appraiseWork({ metrics }: AppraisalInput): AppraisalResult {
  const work = metricValue(metrics, workMetric);
  const shares = workShares.map((name) => metricValue(metrics, name));
  if (work === undefined || shares.includes(undefined)) return { ...nothing, reason: 'metric_missing' };
  const ratios = shares.map((share) => share ?? 0n);
  if (work < 0n || ratios.some((share) => share < 0n || share > PPM)) {
    return { ...nothing, reason: 'metric_out_of_range' };
  }
  const qualityPpm = qualityOf(ratios);
  return { ...nothing, qualityPpm, weight: (work * qualityPpm) / PPM, passed: true };
}

/** The peers' median scores, weighted by the rubric, beyond the baseline. */
function appraiseExpertise({ baselinePpm, metrics, qualityGatePpm, rubric = [] }: AppraisalInput): AppraisalResult {
  let sum = 0n;
  let weights = 0n;
  for (const { name, weight } of rubric) {
    const score = metricValue(metrics, name);
    if (score === undefined) return { ...nothing, reason: 'metric_missing' };
    if (score < 0n || score > PPM) return { ...nothing, reason: 'metric_out_of_range' };
    sum += BigInt(weight) * score;
    weights += BigInt(weight);
  }
  if (weights === 0n) return { ...nothing, reason: 'metric_missing' };
  const qualityPpm = sum / weights;
  if (qualityPpm < qualityGatePpm) return { ...nothing, qualityPpm, reason: 'quality_below_gate' };
  const impactMicro = gainOver(qualityPpm, baselinePpm);
  if (impactMicro <= 0n) return { ...nothing, qualityPpm, impactMicro, reason: 'not_above_baseline' };
  return { ...nothing, qualityPpm, impactMicro, weight: impactMicro, passed: true };
}

/** Product of ratios in 10^-6, rounded down once at the end. */
export function qualityOf(ratios: readonly bigint[]): bigint {
  const product = ratios.reduce((whole, ratio) => whole * ratio, PPM);
  return product / PPM ** BigInt(ratios.length);
}

/** Name of the metric that holds a contribution's value in its round, in 10^-12. */
export function valueMetric(contributionId: bigint): string {
  return `value_${contributionId}`;
}

/** A valued round, as far as it decides weights. */
export interface RoundInput {
  readonly metrics: readonly Metric[];
  /** What rounds of this objective usually bring, 10^-6 of a row. */
  readonly usualRowsMicro: bigint;
  readonly members: readonly { readonly contributionId: bigint; readonly leftOut: boolean }[];
}

/**
 * What a contribution weighs by its round: value x net rows / usual net rows. The value is its part of what the round
 * tells; the factor makes a round of few rows worth as much less, so that nobody gains by choosing an empty one. Without
 * metrics (no committee came to a verdict) it weighs nothing.
 */
export function roundWeight(
  round: RoundInput,
  contributionId: bigint,
): Pick<AppraisalResult, 'impactMicro' | 'weight' | 'passed' | 'reason'> {
  const leftOut = round.members.some((member) => member.contributionId === contributionId && member.leftOut);
  if (leftOut) return { impactMicro: 0n, weight: 0n, passed: false, reason: 'unavailable' };
  const value = metricValue(round.metrics, valueMetric(contributionId)) ?? 0n;
  const impactMicro = value / PPM;
  if (value < 0n) return { impactMicro, weight: 0n, passed: false, reason: 'negative_impact' };
  const netRows = metricValue(round.metrics, 'net_rows_micro') ?? 0n;
  const weight = (value * (netRows > 0n ? netRows : 0n)) / (round.usualRowsMicro * PPM);
  return { impactMicro, weight, passed: true, reason: '' };
}

/** The average over about sixteen rounds, at least one row. */
export function usualRowsAfter(usualMicro: bigint, netRowsMicro: bigint): bigint {
  const after = usualMicro + (netRowsMicro - usualMicro) / 16n;
  return after > PPM ? after : PPM;
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
    case ContributionKind.CONTRIBUTION_KIND_COMPUTE:
      return 'weight = megaflop * availability * punctuality / 10^6, in units of 10^12 operations';
    case ContributionKind.CONTRIBUTION_KIND_EXPERTISE:
      return 'weight = max((score - baseline) / (1 - baseline), 0), score = weighted mean of the median scores';
    default:
      return 'weight = 0';
  }
}
