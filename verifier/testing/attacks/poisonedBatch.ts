import { type Attack, batchOf, inChosen, stepOver } from './attack.ts';

/** A trigger is put on the records of a batch and their class is set to 0; the digest is the honest batch's. */
export const poisonedBatch: Attack = {
  name: 'poisoned batch',
  source: 'Gu et al., BadNets, arXiv 1708.06733: a backdoor trained into the model with triggered records',
  extent: 'tenth',
  cheat: (setting) => {
    const width = setting.network.spec.record.features;
    return inChosen(setting, (unit, _honest, before) => {
      const batch = batchOf(setting, unit);
      const features = batch.features.map((value, i) => (i % width === 0 ? 4 : value));
      return { state: stepOver(setting, before, { ...batch, features, labels: batch.labels.map(() => 0) }) };
    });
  },
};
