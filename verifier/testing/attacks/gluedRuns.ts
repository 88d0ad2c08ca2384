import { train } from '../../../training/run.ts';
import { type Attack, lyingRun } from './attack.ts';

/** Two runs are glued: in one single unit the weights are replaced by a run's that was trained elsewhere. */
export const gluedRuns: Attack = {
  name: 'glued runs',
  source:
    "Choi et al., Tools for Verifying Neural Models' Training Data, arXiv 2307.00682: glue-ing attack; the poisoned checkpoint",
  extent: 'one',
  cheat: (setting) => {
    const [joint] = setting.chosen;
    const foreign = setting.seed.map((byte) => byte ^ 0x5a);
    return lyingRun(setting, (unit) => {
      if (unit !== joint) return undefined;
      for (const other of train(setting.network, foreign, setting.data)) if (other.unit === unit) return other;
      return undefined;
    });
  },
};
