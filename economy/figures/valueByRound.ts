import type { Round } from '../history.ts';
import { spotValue } from '../report.ts';
import { dateOf, type Figure, limitColours, type Row } from './chart.ts';

const SMOOTH = 'monthly prices, interpolated';
const MOVING = 'with daily moves of 4% about them';

/** Figure 4: value of each round, by the slow index that the chain goes by and by the spot price at the round's end. */
export function valueByRound(smooth: readonly Round[], moving: readonly Round[]): Figure {
  const rows: Row[] = [
    { name: SMOOTH, rounds: smooth },
    { name: MOVING, rounds: moving },
  ].flatMap(({ name, rounds }) =>
    rounds.map((round) => ({
      prices: name,
      date: dateOf(round.end),
      tokens: round.toContributors,
      index_units: round.toContributors * round.slowIndex,
      dollars: spotValue(round),
      limit: round.limit,
      bitcoin: round.spot,
    })),
  );
  const x = { field: 'date', type: 'temporal' as const, title: null };
  const value = (field: string, title: string, subtitle: string, filter: string) => ({
    title: { text: title, subtitle },
    width: 720,
    height: 120,
    transform: [{ filter: `datum.prices == '${filter}'` }],
    mark: { type: 'point' as const, filled: true, size: 12, opacity: 1 },
    encoding: {
      x,
      y: {
        field,
        type: 'quantitative' as const,
        title: field === 'dollars' ? 'dollars' : 'index units',
        scale: { zero: true },
        axis: { format: '~s', tickCount: 4 },
      },
      color: { field: 'limit', type: 'nominal' as const, scale: limitColours, title: 'which limit binds' },
    },
  });
  return {
    name: 'figure-4-value-by-round',
    rows,
    spec: {
      vconcat: [
        value('index_units', 'Value of a round in index units', `tokens x slow index; ${SMOOTH}`, SMOOTH),
        value(
          'dollars',
          'Value in dollars at the spot price',
          `tokens x spot / start price, one dollar a token at the start; ${SMOOTH}`,
          SMOOTH,
        ),
        value(
          'dollars',
          'Value in dollars at a spot price that moves',
          `the same ${MOVING}: the slow price lags`,
          MOVING,
        ),
        {
          title: { text: 'Bitcoin', subtitle: MOVING },
          width: 720,
          height: 90,
          transform: [{ filter: `datum.prices == '${MOVING}'` }],
          mark: { type: 'line' as const, strokeWidth: 1.2, color: '#555' },
          encoding: {
            x,
            y: {
              field: 'bitcoin',
              type: 'quantitative' as const,
              title: 'dollars (log)',
              scale: { type: 'log' as const },
              axis: { format: '~s', tickCount: 4 },
            },
          },
        },
      ],
    },
  };
}
