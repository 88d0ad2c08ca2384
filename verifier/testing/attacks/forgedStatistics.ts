import { type Attack, inChosen } from './attack.ts';

/** The running means of a batch norm are moved: no loss on the way shows it, only who uses the model sees another one. */
export const forgedStatistics: Attack = {
  name: 'forged running statistics',
  source: 'our own: values that training writes and never reads, so that replaying weights alone misses them',
  extent: 'tenth',
  recipe: ({ layers }) => ({
    layers: [...layers.slice(0, 1), { op: 'batch_norm', momentum: 0.9, epsilon: 1e-3 }, ...layers.slice(1)],
  }),
  cheat: (setting) => {
    const [row] = setting.network.statistics;
    if (row === undefined) throw new RangeError('the network has no running statistics');
    const isMean = (i: number) => i >= row.offset && i < row.offset + row.length;
    return inChosen(setting, (_unit, { state }) => ({
      state: state.map((value, i) => (isMean(i) ? value + 1 : value)),
    }));
  },
};
