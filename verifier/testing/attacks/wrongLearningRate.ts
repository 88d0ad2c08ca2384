import { type Attack, blend, inChosen } from './attack.ts';

/** Twice the step that the recipe says: the trainer hopes for fewer steps to the same loss. */
export const wrongLearningRate: Attack = {
  name: 'wrong learning rate',
  source: 'Jia et al., Proof-of-Learning, arXiv 2103.05633: hyperparameters other than the declared ones',
  extent: 'tenth',
  cheat: (setting) =>
    inChosen(setting, (_unit, honest, before) => ({ state: blend(before, honest.state, (x, y) => x + 2 * (y - x)) })),
};
