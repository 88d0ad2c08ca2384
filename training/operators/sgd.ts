import { onlyFields } from './fields.ts';
import type { OptimizerOperator } from './operator.ts';
import { learningRate, positive } from './settings.ts';

/** w - learning_rate * g, the product rounded first. */
export const sgd: OptimizerOperator = {
  bind(json, path) {
    onlyFields(json, path, ['op', 'learning_rate']);
    return {
      formula: { kind: 'sgd' },
      rate: learningRate(json, path),
      slots: 0,
      scalars: [],
      nextScalar: (_index, value) => value,
      update: (next, weight, gradient, _slots, _scalars, rate) => {
        next[0] = weight - Math.fround(rate * gradient);
      },
    };
  },
};

/** v = momentum * v + g, then w - learning_rate * v (Polyak 1964); v starts as 0. */
export const momentum: OptimizerOperator = {
  bind(json, path) {
    onlyFields(json, path, ['op', 'learning_rate', 'momentum']);
    const decay = positive(json, path, 'momentum', 1);
    return {
      formula: { kind: 'momentum', decay },
      rate: learningRate(json, path),
      slots: 1,
      scalars: [],
      nextScalar: (_index, value) => value,
      update: (next, weight, gradient, slots, _scalars, rate) => {
        const moved = Math.fround(Math.fround(decay * (slots[0] ?? 0)) + gradient);
        next[0] = weight - Math.fround(rate * moved);
        next[1] = moved;
      },
    };
  },
};
