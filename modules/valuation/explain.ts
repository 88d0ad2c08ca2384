import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { ExplainStep } from '../../proto/generated/infinet/valuation/v1/query.ts';
import type { ValuationRound } from '../../proto/generated/infinet/valuation/v1/round.ts';
import type { Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';
import {
  impactMetric,
  metricValue,
  modelMetric,
  qualityMetrics,
  valueMetric,
  workMetric,
  workShares,
} from './formulas.ts';

/** The lines of the computation, each with its value in 10^-6 unless said; `round` where one decided the weight. */
export function explainSteps(valuation: Valuation, round?: ValuationRound): ExplainStep[] {
  const step = (name: string, expression: string, value: bigint) => ({ name, expression, value });
  const measured = (name: string) => metricValue(valuation.metrics, name);
  const inputs = (names: readonly string[]) =>
    names.flatMap((name) => {
      const value = measured(name);
      return value === undefined ? [] : [step(name, 'measured by the verifiers', value)];
    });
  const baseline = step('baseline', 'declared by the objective', valuation.baselinePpm);
  const weight = (expression: string) => step('weight', expression, valuation.weight);
  switch (valuation.kind) {
    case ContributionKind.CONTRIBUTION_KIND_DATA:
      if (valuation.joint) {
        const ofRound = (name: string) => metricValue(round?.metrics ?? [], name) ?? 0n;
        return [
          ...inputs([...qualityMetrics, impactMetric]),
          step('quality', qualityMetrics.join(' * '), valuation.qualityPpm),
          step('gate', 'declared by the objective; quality must reach it', valuation.qualityGatePpm),
          step(
            'value',
            'measured by the verifiers among its round, 10^-12',
            ofRound(valueMetric(valuation.contributionId)),
          ),
          step('net_rows', 'right rows beyond guessing in the round, 10^-6', ofRound('net_rows_micro')),
          step('usual_rows', 'of such rounds, 10^-6', round?.usualRowsMicro ?? 0n),
          weight(valuation.passed ? 'value * net_rows / usual_rows' : valuation.reason),
        ];
      }
      return [
        ...inputs([...qualityMetrics, impactMetric]),
        baseline,
        step('quality', qualityMetrics.join(' * '), valuation.qualityPpm),
        step('gate', 'declared by the objective; quality must reach it', valuation.qualityGatePpm),
        step('impact', `(${impactMetric} - baseline) / (1 - baseline)`, valuation.impactMicro),
        weight(valuation.passed ? 'quality * impact' : valuation.reason),
      ];
    case ContributionKind.CONTRIBUTION_KIND_MODEL:
      return [
        ...inputs([modelMetric]),
        baseline,
        step('impact', `(${modelMetric} - baseline) / (1 - baseline)`, valuation.impactMicro),
        weight(valuation.passed ? 'impact' : valuation.reason),
      ];
    case ContributionKind.CONTRIBUTION_KIND_COMPUTE:
      return [
        ...inputs([workMetric, ...workShares]),
        step('quality', workShares.join(' * '), valuation.qualityPpm),
        weight(valuation.passed ? `${workMetric} * quality / 10^6` : valuation.reason),
      ];
    case ContributionKind.CONTRIBUTION_KIND_EXPERTISE:
      return [
        ...inputs(valuation.rubric.map(({ name }) => name)),
        baseline,
        step('quality', valuation.rubric.map((one) => `${one.weight} * ${one.name}`).join(' + '), valuation.qualityPpm),
        step('gate', 'declared by the objective; quality must reach it', valuation.qualityGatePpm),
        step('impact', '(quality - baseline) / (1 - baseline)', valuation.impactMicro),
        weight(valuation.passed ? 'impact' : valuation.reason),
      ];
    default:
      return [weight(valuation.reason)];
  }
}
