import { onlyFields, SpecError } from './fields.ts';
import type { OptimizerOperator } from './operator.ts';

/** w - learning_rate * g, the product rounded first. */
export const sgd: OptimizerOperator = {
  bind(json, path) {
    onlyFields(json, path, ['op', 'learning_rate']);
    const given = json.learning_rate;
    const rate = typeof given === 'number' ? Math.fround(given) : Number.NaN;
    if (!(rate > 0 && rate <= 1000)) {
      throw new SpecError(`${path}.learning_rate`, 'must be a number above 0, at most 1000, that float32 can hold');
    }
    return { update: (weight, gradient) => Math.fround(weight - Math.fround(rate * gradient)) };
  },
};
