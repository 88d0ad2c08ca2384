import { onlyFields } from './fields.ts';
import type { JsonObject, Optimizer, OptimizerOperator } from './operator.ts';
import { learningRate, positive } from './settings.ts';

const f = Math.fround;

/**
 * Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1): m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
 * w - learning_rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon). The powers are part of the state, each
 * step's the product of the last one and beta; they start as 1, m and v as 0.
 */
export const adam: OptimizerOperator = {
  bind: (json, path) => {
    onlyFields(json, path, FIELDS);
    return bound(json, path, 0);
  },
};

/** Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101): weight_decay * w joins the quotient. */
export const adamw: OptimizerOperator = {
  bind: (json, path) => {
    onlyFields(json, path, [...FIELDS, 'weight_decay']);
    return bound(json, path, positive(json, path, 'weight_decay', 1));
  },
};

const FIELDS = ['op', 'learning_rate', 'beta1', 'beta2', 'epsilon'];

function bound(json: JsonObject, path: string, decay: number): Optimizer {
  const beta1 = positive(json, path, 'beta1', 1);
  const beta2 = positive(json, path, 'beta2', 1);
  const epsilon = positive(json, path, 'epsilon', 1);
  const [rest1, rest2] = [f(1 - beta1), f(1 - beta2)];
  return {
    formula: { kind: 'adam', beta1, beta2, epsilon, decay },
    rate: learningRate(json, path),
    slots: 2,
    scalars: [1, 1],
    nextScalar: (index, value) => f(value * (index === 0 ? beta1 : beta2)),
    update(next, weight, gradient, slots, powers, rate) {
      const [m, v] = [slots[0] ?? 0, slots[1] ?? 0];
      const [power1, power2] = [powers[0] ?? 0, powers[1] ?? 0];
      const first = f(f(beta1 * m) + f(rest1 * gradient));
      const second = f(f(beta2 * v) + f(rest2 * f(gradient * gradient)));
      const root = f(Math.sqrt(f(second / f(1 - power2))));
      const direction = f(f(first / f(1 - power1)) / f(root + epsilon));
      const step = decay === 0 ? direction : f(direction + f(decay * weight));
      next[0] = weight - f(rate * step);
      next[1] = first;
      next[2] = second;
    },
  };
}
