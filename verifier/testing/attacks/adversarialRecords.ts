import { type Attack, batchOf, chance, inChosen, stepOver } from './attack.ts';

/** Records are bent a little until a step over them leads elsewhere, and the bent batch is what is committed. */
export const adversarialRecords: Attack = {
  name: 'adversarial records',
  source: 'Zhang et al., "Adversarial Examples" for Proof-of-Learning, arXiv 2108.09454: synthesized data for a path',
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (unit, _state, before) => {
      const honest = batchOf(setting, unit);
      const bent = honest.features.map((value, i) => value + 0.01 * (chance(setting, unit, i) - 0.5));
      const batch = { ...honest, features: bent };
      return { state: stepOver(setting, before, batch), batch };
    }),
};
