import { type Attack, blend, inChosen } from './attack.ts';

/** The update is made a hundred thousand times smaller: distances between checkpoints become as small as any tolerance. */
export const infinitesimalUpdates: Attack = {
  name: 'infinitesimal updates',
  source: 'Fang et al., On the Fundamental Limits of Formally (Dis)Proving Robustness in PoL, arXiv 2208.03567',
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (_unit, honest, before) => ({
      state: blend(before, honest.state, (x, y) => x + 1e-5 * (y - x)),
    })),
};
