import { type Attack, inChosen } from './attack.ts';

/** Skips the chosen units, and withholds the states from which they would have to be replayed. */
export const withheldStates: Attack = {
  name: 'withheld states',
  source: 'Al-Bassam et al., Fraud and Data Availability Proofs, arXiv 1809.09044: no proof without the data',
  extent: 'tenth',
  unavailable: true,
  cheat: (setting) => {
    const claim = inChosen(setting, (_unit, _honest, before) => ({ state: before }));
    return { ...claim, served: (unit) => (claim.bad.has(unit + 1) ? undefined : claim.served(unit)) };
  },
};
