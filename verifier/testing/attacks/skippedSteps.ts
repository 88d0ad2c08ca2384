import { type Attack, inChosen } from './attack.ts';

/** The lazy trainer: in the chosen units the weights stay as they were, and no work is done. */
export const skippedSteps: Attack = {
  name: 'skipped steps',
  source: 'Jia et al., Proof-of-Learning, arXiv 2103.05633: a spoof that does less work than the proof claims',
  extent: 'tenth',
  cheat: (setting) => inChosen(setting, (_unit, _honest, before) => ({ state: before })),
};
