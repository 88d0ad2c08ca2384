import { ensureFinite } from '../canonical/finite.ts';
import { exp32, log32 } from '../canonical/math.ts';
import { columnSums } from '../canonical/matrix.ts';
import { cell, map, reduceRows, reducers } from '../rules.ts';
import type { LossOperator } from './operator.ts';

const f = Math.fround;

/**
 * Mean over the batch of log(sum exp(z - max z)) - (z - max z)[label]; the gradient is (softmax(z) - onehot) / batch.
 * At most 256 classes, so that a record's maximum and sum are one chain each.
 */
export const softmaxCrossEntropy: LossOperator = {
  backward(logits, labels, rows, classes, batch) {
    const gradient = new Float32Array(logits.length);
    const losses = new Float32Array(rows);
    for (let row = 0; row < rows; row += 1) {
      const z = logits.subarray(row * classes, (row + 1) * classes);
      const largest = reducers.max([z]);
      const shifted = z.map((value) => f(value - largest));
      ensureFinite(shifted, 'softmax, shifted logits');
      const exponentials = shifted.map(exp32);
      const sum = reducers.add([exponentials]);
      const label = labels[row] ?? 0;
      for (let col = 0; col < classes; col += 1) {
        const probability = f((exponentials[col] ?? 0) / sum);
        gradient[row * classes + col] = difference(probability, label, col, batch);
      }
      losses[row] = f(log32(sum) - (shifted[label] ?? 0));
    }
    ensureFinite(gradient, 'softmax, gradient');
    return { gradient, loss: f((columnSums(losses, rows, 1)[0] ?? 0) / batch) };
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
      ([probability = 0, label = 0], _row, col) => difference(probability, label, col, batch),
    );
  },
};

function difference(probability: number, label: number, col: number, batch: number): number {
  return f(f(probability - (label === col ? 1 : 0)) / batch);
}
