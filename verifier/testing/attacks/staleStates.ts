import { type Attack, inChosen } from './attack.ts';

/** A state of some units ago is handed in again. */
export const staleStates: Attack = {
  name: 'stale states',
  source:
    "Choi et al., Tools for Verifying Neural Models' Training Data, arXiv 2307.00682: checkpoints of a transcript that are used again",
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (unit, honest) => ({ state: setting.honest[Math.max(0, unit - 5)]?.state ?? honest.state })),
};
