import { type Attack, lyingRun } from './attack.ts';

/** Starts from weights that it has prepared instead of those that the seed gives. */
export const wrongInitialWeights: Attack = {
  name: 'wrong initial weights',
  source: 'Jia et al., Proof-of-Learning, arXiv 2103.05633: the initial state must come from a known distribution',
  extent: 'fixed',
  cheat: (setting) =>
    lyingRun(setting, (unit, { state }) => (unit === 0 ? { state: state.map((value) => 0.5 * value) } : undefined)),
};
