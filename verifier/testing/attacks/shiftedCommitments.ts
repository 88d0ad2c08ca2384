import { type Attack, claimOf } from './attack.ts';

/** Every leaf carries the state of the unit before it: one unit of work less, and a shift for whoever counts wrong. */
export const shiftedCommitments: Attack = {
  name: 'shifted commitments',
  source: 'our own: leaf and state one unit apart, which a checker that only compares neighbours would take',
  extent: 'all',
  cheat: ({ honest, runId }) => {
    const before = (unit: number) => honest[Math.max(0, unit - 1)];
    const leaves = honest.map(({ leaf, unit }) => ({
      ...leaf,
      stateRoot: before(unit)?.leaf.stateRoot ?? leaf.stateRoot,
    }));
    const bad = new Set(honest.slice(1).map(({ unit }) => unit));
    return claimOf(leaves, runId, { served: (unit) => before(unit)?.state, bad });
  },
};
