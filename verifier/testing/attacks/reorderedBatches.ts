import { type Attack, batchOf, inChosen, stepOver } from './attack.ts';

/** The unit takes the next unit's batch: which records come when can steer a model, or spoil it. */
export const reorderedBatches: Attack = {
  name: 'reordered batches',
  source: 'Shumailov et al., Manipulating SGD with Data Ordering Attacks, arXiv 2104.09667',
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (unit, _honest, before) => {
      const batch = batchOf(setting, unit + 1);
      return { state: stepOver(setting, before, batch), batch };
    }),
};
