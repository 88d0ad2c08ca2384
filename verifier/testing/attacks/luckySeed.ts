import { train } from '../../../training/run.ts';
import { type Attack, claimOf } from './attack.ts';

/** Trains honestly, but from a seed that it has picked among many for its result. */
export const luckySeed: Attack = {
  name: 'lucky seed',
  source: 'Picard, Torch.manual_seed(3407) is all you need, arXiv 2109.08203: how much a chosen seed is worth',
  extent: 'all',
  cheat: ({ network, seed, data, runId }) => {
    const other = seed.map((byte) => byte ^ 0x3c);
    const units = [...train(network, other, data)];
    const bad = new Set(units.map(({ unit }) => unit));
    return claimOf(
      units.map(({ leaf }) => leaf),
      runId,
      { served: (unit) => units[unit]?.state, bad },
    );
  },
};
