import type { Round } from '../history.ts';
import { dateOf, type Figure, limitColours, type Row } from './chart.ts';

const lines = ['cap of the schedule', 'budget', 'paid', 'paid to contributors'];

/** Figure 2: tokens over time. What the schedule allows, what the limits left and what was paid are lines of their own. */
export function tokensOverTime(rounds: readonly Round[]): Figure {
  const rows: Row[] = rounds.map((round) => ({
    date: dateOf(round.end),
    cap: round.cap,
    drawable_from_reserve: round.draw,
    budget: round.budget,
    paid: round.paid,
    paid_to_contributors: round.toContributors,
    limit: round.limit,
    halvings: round.halvings,
    index_slow: round.slowIndex,
    index_spot: round.spotIndex,
    reserve: round.reserve,
    scheduled: round.scheduled,
    issued: round.issued,
  }));
  const x = { field: 'date', type: 'temporal' as const, title: null };
  return {
    name: 'figure-2-tokens-over-time',
    rows,
    spec: {
      vconcat: [
        {
          title: {
            text: 'Tokens of a weekly round',
            subtitle:
              'What the schedule allows and what was paid are lines of their own; the colour says what held the budget.',
          },
          width: 720,
          height: 260,
          layer: [
            {
              transform: [
                { calculate: 'datum.cap', as: lines[0] ?? '' },
                { calculate: 'datum.paid', as: lines[2] ?? '' },
                { fold: [lines[0] ?? '', lines[2] ?? ''], as: ['line', 'tokens'] },
              ],
              mark: { type: 'line', strokeWidth: 1.6, interpolate: 'step-before' },
              encoding: {
                x,
                y: {
                  field: 'tokens',
                  type: 'quantitative',
                  scale: { type: 'log' },
                  title: 'INF a round (log)',
                  axis: { format: '~s', tickCount: 6 },
                },
                strokeDash: { field: 'line', type: 'nominal', title: 'line' },
                color: { value: '#555' },
              },
            },
            {
              mark: { type: 'point', filled: true, size: 14, opacity: 1 },
              encoding: {
                x,
                y: { field: 'paid', type: 'quantitative' },
                color: { field: 'limit', type: 'nominal', scale: limitColours, title: 'paid: which limit binds' },
              },
            },
          ],
        },
        {
          title: {
            text: 'Scheduled and issued so far',
            subtitle: 'what was scheduled and not paid goes to the reserve; above its ceiling it lapses',
          },
          width: 720,
          height: 150,
          transform: [{ fold: ['scheduled', 'issued', 'reserve'], as: ['sum', 'tokens'] }],
          mark: { type: 'line', strokeWidth: 1.8 },
          encoding: {
            x,
            y: { field: 'tokens', type: 'quantitative', title: 'INF', axis: { format: '~s' } },
            color: {
              field: 'sum',
              type: 'nominal',
              title: 'sum',
              scale: { range: ['#0072B2', '#999999', '#D55E00'], domain: ['issued', 'reserve', 'scheduled'] },
            },
          },
        },
      ],
      resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
    },
  };
}
