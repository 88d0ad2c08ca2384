import { type Attack, inChosen } from './attack.ts';

/** Commits to skipped units, and serves the states of honest ones to whoever asks. */
export const equivocation: Attack = {
  name: 'equivocation',
  source: 'our own: what is committed and what is opened are not the same checkpoint',
  extent: 'tenth',
  unavailable: true,
  cheat: (setting) => {
    const claim = inChosen(setting, (_unit, _honest, before) => ({ state: before }));
    return { ...claim, served: (unit) => setting.honest[unit]?.state };
  },
};
