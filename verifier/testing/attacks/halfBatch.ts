import { type Attack, batchOf, inChosen, stepOver } from './attack.ts';

/** Half of the batch is computed and counted twice: half of the work. */
export const halfBatch: Attack = {
  name: 'half a batch',
  source: 'Jia et al., Proof-of-Learning, arXiv 2103.05633: a spoof that does less work than the proof claims',
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (unit, _honest, before) => {
      const batch = batchOf(setting, unit);
      const twice = (values: Float32Array) => {
        const half = values.subarray(0, values.length / 2);
        return Float32Array.of(...half, ...half);
      };
      const half = { ...batch, features: twice(batch.features), labels: twice(batch.labels) };
      return { state: stepOver(setting, before, half) };
    }),
};
