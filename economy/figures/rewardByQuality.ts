import type { Round } from '../history.ts';
import { mean } from '../statistics.ts';
import { dateOf, type Figure, kindColours, type Row } from './chart.ts';

/** Figure 1 of the white paper: reward against contribution, in one round and over all of them. */
export function rewardByQuality(rounds: readonly Round[]): Figure {
  const round = rounds[Math.floor(rounds.length / 2)];
  if (round === undefined) throw new Error('no rounds');
  const means = rounds.map(({ rewards }) =>
    ([1, 2] as const).map((kind) =>
      mean(rewards.filter((reward) => reward.contributor.kind === kind).map(({ tokens }) => tokens)),
    ),
  );
  const rows: Row[] = round.rewards.map(({ contributor, tokens, weight }, at) => ({
    contributor: contributor.name,
    kind: contributor.kind === 1 ? 'dataset' : 'model',
    planted_quality: contributor.quality,
    weight_in_round: weight,
    tokens_in_round: tokens,
    mean_reward_of_all_rounds: mean(
      rounds.map(({ rewards }, which) => (rewards[at]?.tokens ?? 0) / (means[which]?.[contributor.kind - 1] ?? 1)),
    ),
  }));
  const panel = (field: string, title: string, subtitle: string) => ({
    title: { text: title, subtitle },
    width: 330,
    height: 300,
    layer: [
      {
        mark: { type: 'point' as const, filled: true, size: 55, opacity: 0.85 },
        encoding: {
          x: {
            field: 'planted_quality',
            type: 'quantitative' as const,
            title: 'planted quality',
            scale: { domain: [0.25, 1] },
          },
          y: {
            field,
            type: 'quantitative' as const,
            title: field === 'tokens_in_round' ? 'reward (INF)' : 'reward / mean of its kind',
          },
          color: { field: 'kind', type: 'nominal' as const, scale: kindColours, title: 'contribution' },
        },
      },
      {
        mark: { type: 'line' as const, strokeWidth: 1.5, opacity: 0.7 },
        transform: [{ regression: field, on: 'planted_quality', groupby: ['kind'] }],
        encoding: {
          x: { field: 'planted_quality', type: 'quantitative' as const },
          y: { field, type: 'quantitative' as const },
          color: { field: 'kind', type: 'nominal' as const, scale: kindColours },
        },
      },
    ],
  });
  return {
    name: 'figure-1-reward-by-contribution',
    rows,
    spec: {
      bounds: 'flush',
      spacing: 70,
      hconcat: [
        panel(
          'tokens_in_round',
          `One round: ${dateOf(round.end)}`,
          'measured on a fresh shard; each kind has a stream of its own',
        ),
        panel(
          'mean_reward_of_all_rounds',
          `Mean of all ${rounds.length} rounds`,
          'each round in units of its own mean reward',
        ),
      ],
    },
  };
}
