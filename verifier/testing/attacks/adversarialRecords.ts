import { type Attack, batchOf, chance, inChosen, stepOver } from './attack.ts';

/** Records are bent a little until a step over them leads elsewhere, and the bent batch is what is committed. */
export const adversarialRecords: Attack = {
  name: 'adversarial records',
  source: 'Zhang et al., "Adversarial Examples" for Proof-of-Learning, arXiv 2108.09454: synthesized data for a path',
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (unit, _honest, before) => {
      const { features, labels } = batchOf(setting, unit);
      const bent = features.map((value, i) => value + 0.01 * (chance(setting, unit, i) - 0.5));
      const batch = { features: bent, labels };
      return { state: stepOver(setting, before, batch), batch };
    }),
};
