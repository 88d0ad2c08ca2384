import { cell, flat, map } from '../rules.ts';
import { onlyFields } from './fields.ts';
import { type LayerOperator, sizeOf } from './operator.ts';

/** y = max(x, +0), which is +0 for -0 too; the gradient passes where x > 0. */
export const relu: LayerOperator = {
  bind(json, path, input) {
    onlyFields(json, path, ['op']);
    const width = sizeOf(input);
    return {
      op: 'relu',
      inputWidth: width,
      width,
      output: input,
      parameters: [],
      flops: 2 * width,
      forward: (_weights, x, _rows, kernels) => kernels.relu(x),
      backward: (_weights, x, dy, _rows, _needInput, kernels) => ({
        input: kernels.reluGradient(x, dy),
        parameters: [],
      }),
      traceForward: (b, _weights, x) =>
        map(
          b,
          'output',
          x.rows,
          x.cols,
          (row, col) => [cell(x, row, col)],
          ([value = 0]) => Math.max(value, 0),
        ),
      traceBackward(b, _weights, x, dy) {
        const input = map(
          b,
          'input gradient',
          x.rows,
          x.cols,
          (row, col) => [cell(x, row, col), flat(dy, row * x.cols + col)],
          ([value = 0, gradient = 0]) => (value > 0 ? gradient : 0),
        );
        return { input, parameters: [] };
      },
    };
  },
};
