import { unitCount } from '../../../training/spec.ts';
import { type Attack, lyingRun } from './attack.ts';

/** Trains honestly, and hands in other weights at the end: a backdoor written in by hand, or a model bought elsewhere. */
export const editedFinalWeights: Attack = {
  name: 'edited final weights',
  source:
    "Choi et al., Tools for Verifying Neural Models' Training Data, arXiv 2307.00682: the final weights are not those of the transcript",
  extent: 'fixed',
  cheat: (setting) =>
    lyingRun(setting, (unit, { state }) => {
      if (unit !== unitCount(setting.network.spec)) return undefined;
      return { state: state.map((value, i) => (i === state.length - 1 ? value + 0.25 : value)) };
    }),
};
