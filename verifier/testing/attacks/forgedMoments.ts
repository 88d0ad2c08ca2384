import { type Attack, inChosen } from './attack.ts';

/** Weights are as they should be, but Adam's second moments are four times too large: later steps come out half as long. */
export const forgedMoments: Attack = {
  name: 'forged Adam moments',
  source: 'our own: the optimizer state, which decides later steps, is left out of checks that compare weights only',
  extent: 'tenth',
  recipe: () => ({ optimizer: { op: 'adam', learning_rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 } }),
  cheat: (setting) => {
    const { weightsLength } = setting.network;
    const isSecond = (i: number) => i >= 2 * weightsLength && i < 3 * weightsLength;
    return inChosen(setting, (_unit, { state }) => ({
      state: state.map((value, i) => (isSecond(i) ? 4 * value : value)),
    }));
  },
};
