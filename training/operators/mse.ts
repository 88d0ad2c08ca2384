import { ensureFinite } from '../canonical/finite.ts';
import { columnSums } from '../canonical/matrix.ts';
import { cell, map } from '../rules.ts';
import type { LossOperator } from './operator.ts';

const f = Math.fround;

/** Mean over batch and outputs of (y - onehot)^2; the gradient is 2 (y - onehot) / (batch x classes), divided last. */
export const mse: LossOperator = {
  backward(outputs, labels, _rows, classes, batch) {
    const gradient = new Float32Array(outputs.length);
    const squares = new Float32Array(outputs.length);
    for (let i = 0; i < outputs.length; i += 1) {
      const d = difference(outputs[i] ?? 0, labels[Math.floor(i / classes)] ?? 0, i % classes);
      gradient[i] = slope(d, batch * classes);
      squares[i] = d * d;
    }
    ensureFinite(gradient, 'mse, gradient');
    return { gradient, loss: f((columnSums(squares, squares.length, 1)[0] ?? 0) / (batch * classes)) };
  },
  traceBackward: (b, outputs, labels, batch) =>
    map(
      b,
      'output gradient',
      outputs.rows,
      outputs.cols,
      (row, col) => [cell(outputs, row, col), cell(labels, 0, row)],
      ([value = 0, label = 0], _row, col) => slope(difference(value, label, col), batch * outputs.cols),
    ),
};

function difference(value: number, label: number, col: number): number {
  return f(value - (label === col ? 1 : 0));
}

function slope(d: number, count: number): number {
  return f(f(2 * d) / count);
}
