import type { Round } from '../history.ts';
import { dateOf, type Figure, type Row } from './chart.ts';

/** Figure 3: tokens of each dataset in three rounds, at one, three and five sixths of the time. */
export function tokensByDataset(rounds: readonly Round[]): Figure {
  const chosen = [1, 3, 5].flatMap((sixth) => rounds[Math.floor((rounds.length * sixth) / 6)] ?? []);
  const rows: Row[] = chosen.flatMap((round) =>
    round.rewards
      .filter(({ contributor }) => contributor.kind === 1)
      .toSorted((a, b) => a.contributor.quality - b.contributor.quality)
      .map(({ contributor, tokens, weight }, at) => ({
        round: `${dateOf(round.end)}: index ${round.slowIndex.toFixed(round.slowIndex < 100 ? 1 : 0)}, ${round.halvings} halvings`,
        dataset: at + 1,
        contributor: contributor.name,
        planted_quality: contributor.quality,
        weight,
        tokens,
        value: tokens * round.spotIndex,
      })),
  );
  const panel = (field: string, title: { text: string; subtitle: string }, axis: string, log: boolean) => ({
    title,
    width: 340,
    height: 300,
    mark: { type: 'point' as const, filled: true, size: 45, opacity: 0.85 },
    encoding: {
      x: {
        field: 'dataset',
        type: 'quantitative' as const,
        title: 'dataset, by planted quality',
        axis: { tickMinStep: 1 },
      },
      y: {
        field,
        type: 'quantitative' as const,
        title: axis,
        scale: log ? { type: 'log' as const } : { zero: true },
        axis: { format: '~s', tickCount: 6 },
      },
      color: {
        field: 'round',
        type: 'ordinal' as const,
        title: 'round',
        scale: { range: ['#56B4E9', '#0072B2', '#003553'] },
      },
    },
  });
  return {
    name: 'figure-3-tokens-by-dataset',
    rows,
    spec: {
      bounds: 'flush',
      spacing: 70,
      hconcat: [
        panel('tokens', { text: 'Tokens of each dataset', subtitle: 'in three rounds' }, 'INF (log)', true),
        panel(
          'value',
          { text: 'The same in dollars', subtitle: 'at the spot price; one dollar a token at the start' },
          'dollars',
          false,
        ),
      ],
    },
  };
}
