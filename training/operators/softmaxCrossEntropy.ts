import { softmaxSlope } from '../canonical/losses.ts';
import { exp32 } from '../canonical/math.ts';
import { cell, map, reduceRows } from '../rules.ts';
import type { LossOperator } from './operator.ts';

const f = Math.fround;

/**
 * Mean over the batch of log(sum exp(z - max z)) - (z - max z)[label]; the gradient is (softmax(z) - onehot) / batch.
 * A record's sum goes by blocks of 256 classes, as every sum of F.
 */
export const softmaxCrossEntropy: LossOperator = {
  backward(logits, labels, _rows, classes, batch, kernels) {
    const { gradient, inner, terms } = kernels.softmax(logits, labels, classes, batch);
    kernels.ensureFinite(inner, 'softmax, shifted logits');
    kernels.ensureFinite(gradient, 'softmax, gradient');
    return { gradient, loss: f((kernels.columnSums(terms, terms.length, 1)[0] ?? 0) / batch) };
  },

  traceBackward(b, logits, labels, batch) {
    const { rows, cols } = logits;
    const largest = reduceRows(b, 'largest logit', logits, 'max');
    const shifted = map(
      b,
      'shifted logits',
      rows,
      cols,
      (row, col) => [cell(logits, row, col), cell(largest, 0, row)],
      ([value = 0, most = 0]) => f(value - most),
    );
    const exponentials = map(
      b,
      'exponentials',
      rows,
      cols,
      (row, col) => [cell(shifted, row, col)],
      ([value = 0]) => exp32(value),
    );
    const sums = reduceRows(b, 'sum of exponentials', exponentials, 'add');
    const probabilities = map(
      b,
      'probabilities',
      rows,
      cols,
      (row, col) => [cell(exponentials, row, col), cell(sums, 0, row)],
      ([value = 0, sum = 0]) => f(value / sum),
    );
    return map(
      b,
      'logits gradient',
      rows,
      cols,
      (row, col) => [cell(probabilities, row, col), cell(labels, 0, row)],
      ([probability = 0, label = 0], _row, col) => softmaxSlope(probability, label, col, batch),
    );
  },
};
