import { error, errorSlope } from '../canonical/losses.ts';
import { cell, map } from '../rules.ts';
import type { LossOperator } from './operator.ts';

const f = Math.fround;

/** Mean over batch and outputs of (y - onehot)^2; the gradient is 2 (y - onehot) / (batch x classes), divided last. */
export const mse: LossOperator = {
  backward(outputs, labels, _rows, classes, batch, kernels) {
    const { gradient, terms } = kernels.squaredErrors(outputs, labels, classes, batch);
    kernels.ensureFinite(gradient, 'mse, gradient');
    return { gradient, loss: f((kernels.columnSums(terms, terms.length, 1)[0] ?? 0) / (batch * classes)) };
  },
  traceBackward: (b, outputs, labels, batch) =>
    map(
      b,
      'output gradient',
      outputs.rows,
      outputs.cols,
      (row, col) => [cell(outputs, row, col), cell(labels, 0, row)],
      ([value = 0, label = 0], _row, col) => errorSlope(error(value, label, col), batch * outputs.cols),
    ),
};
