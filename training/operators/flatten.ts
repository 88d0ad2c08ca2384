import { copy, flat } from '../rules.ts';
import { onlyFields } from './fields.ts';
import { type LayerOperator, sizeOf } from './operator.ts';

/** One row of values a record, in the order they have. */
export const flatten: LayerOperator = {
  bind(json, path, input) {
    onlyFields(json, path, ['op']);
    const width = sizeOf(input);
    return {
      op: 'flatten',
      inputWidth: width,
      width,
      output: [width],
      parameters: [],
      flops: 0,
      forward: (_weights, x) => x,
      backward: (_weights, _x, dy) => ({ input: dy, parameters: [] }),
      traceForward: (b, _weights, x, rows) => copy(b, 'output', rows, width, (row, col) => flat(x, row * width + col)),
      traceBackward: (b, _weights, x, dy) => ({
        input: copy(b, 'input gradient', x.rows, x.cols, (row, col) => flat(dy, row * x.cols + col)),
        parameters: [],
      }),
    };
  },
};
