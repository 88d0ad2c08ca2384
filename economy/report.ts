import type { Round } from './history.ts';
import { round } from './scenarios.ts';
import { correlation, mean, median, variation } from './statistics.ts';

/** Pearson's correlation of tokens with planted quality among the contributions of one kind in one round. */
function fairness({ rewards }: Round, kind: 1 | 2): number {
  const some = rewards.filter(({ contributor }) => contributor.kind === kind);
  return correlation(
    some.map(({ contributor }) => contributor.quality),
    some.map(({ tokens }) => tokens),
  );
}

function fairnessOf(rounds: readonly Round[], kind: 1 | 2) {
  const each = rounds.map((one) => fairness(one, kind));
  return { mean: round(mean(each)), median: round(median(each)), worst: round(Math.min(...each)) };
}

/** The same of what each contributor got over all rounds, each round in units of its own mean reward. */
function overallFairness(rounds: readonly Round[], kind: 1 | 2): number {
  const first = rounds[0]?.rewards ?? [];
  const pairs = first.flatMap(({ contributor }, at) => {
    if (contributor.kind !== kind) return [];
    const parts = rounds.map(({ rewards }) => {
      const own = rewards.filter((reward) => reward.contributor.kind === kind);
      return (rewards[at]?.tokens ?? 0) / mean(own.map(({ tokens }) => tokens));
    });
    return [[contributor.quality, mean(parts)] as const];
  });
  return round(
    correlation(
      pairs.map(([quality]) => quality),
      pairs.map(([, part]) => part),
    ),
  );
}

/** What a round was worth by the price at its end: tokens times the spot index. */
export const spotValue = ({ toContributors, spotIndex }: Round): number => toContributors * spotIndex;

/** How a history turned out. */
export function summarize(rounds: readonly Round[]) {
  const level = rounds.filter(({ limit }) => limit === 'value');
  const perYear = 52;
  const early = rounds.slice(0, perYear);
  const late = rounds.slice(-perYear);
  const tokensPerWeight = (some: readonly Round[]): number =>
    mean(
      some.map(({ rewards, toContributors }) => toContributors / rewards.reduce((sum, { weight }) => sum + weight, 0)),
    );
  const lags = rounds.map(({ spot, slow }) => Math.abs(slow / spot - 1));
  return {
    rounds: rounds.length,
    limits: Object.fromEntries(
      ['schedule', 'value', 'supply', 'rate'].map((limit) => [
        limit,
        rounds.filter((one) => one.limit === limit).length,
      ]),
    ),
    correlationOfRewardWithQuality: {
      dataInARound: fairnessOf(rounds, 1),
      modelsInARound: fairnessOf(rounds, 2),
      dataOverall: overallFairness(rounds, 1),
      modelsOverall: overallFairness(rounds, 2),
    },
    variationOfValueWhileValueBinds: {
      toContributors: round(variation(level.map(spotValue))),
      allPaid: round(variation(level.map(({ paid, spotIndex }) => paid * spotIndex))),
      ofTokens: round(variation(level.map(({ toContributors }) => toContributors))),
    },
    variationOfValueOverAll: round(variation(rounds.map(spotValue))),
    slowPriceLag: { median: round(median(lags)), worst: round(Math.max(...lags)) },
    tokensForAWeightOfOne: {
      firstYear: round(tokensPerWeight(early), 2),
      lastYear: round(tokensPerWeight(late), 2),
      ratio: round(tokensPerWeight(early) / tokensPerWeight(late), 1),
    },
    valueOfARound: {
      firstYear: round(mean(early.map(spotValue)), 0),
      lastYear: round(mean(late.map(spotValue)), 0),
    },
    scheduled: rounds.at(-1)?.scheduled ?? 0,
    issued: rounds.at(-1)?.issued ?? 0,
  };
}
