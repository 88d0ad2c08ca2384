import { cell, map, matrixOf, product, reduceRows, rowsOf, transposed } from '../rules.ts';
import { integerField, onlyFields, SpecError } from './fields.ts';
import { type Layer, type LayerOperator, sizeOf } from './operator.ts';

export const MAX_UNITS = 65_536;

/** y = x W + b over the last axis. W is (input x units), uniform in +-sqrt(6 / (input + units)) at the start (Glorot and Bengio 2010); b is 0. */
export const dense: LayerOperator = {
  bind(json, path, input): Layer {
    onlyFields(json, path, ['op', 'units']);
    const inputWidth = input.at(-1);
    if (inputWidth === undefined || input.length > 2)
      throw new SpecError(path, 'takes one row of values, or [length, values]: flatten first');
    /** Rows of one record. */
    const length = sizeOf(input) / inputWidth;
    const units = integerField(json, path, 'units', 1, MAX_UNITS);
    const limit = Math.fround(Math.sqrt(Math.fround(6 / (inputWidth + units))));
    return {
      op: 'dense',
      inputWidth: length * inputWidth,
      width: length * units,
      output: [...input.slice(0, -1), units],
      parameters: [
        { name: 'kernel', rows: inputWidth, cols: units, limit },
        { name: 'bias', rows: 1, cols: units, limit: 0 },
      ],
      flops: 6 * length * inputWidth * units,

      forward([kernel, bias], x, rows, kernels) {
        const out = kernels.multiply(x, given(kernel), rows * length, inputWidth, units);
        kernels.ensureFinite(out, 'dense, product');
        kernels.addBias(out, given(bias));
        kernels.ensureFinite(out, 'dense');
        return out;
      },

      backward([kernel], x, dy, rows, needInput, kernels) {
        const gradient = kernels.transposedMultiply(x, dy, inputWidth, rows * length, units);
        const bias = kernels.columnSums(dy, rows * length, units);
        const input = needInput
          ? kernels.multiplyTransposed(dy, given(kernel), rows * length, units, inputWidth)
          : new Float32Array(0);
        kernels.ensureFinite(gradient, 'dense, kernel gradient');
        kernels.ensureFinite(bias, 'dense, bias gradient');
        kernels.ensureFinite(input, 'dense, input gradient');
        return { input, parameters: [gradient, bias] };
      },

      traceForward(b, [kernel, bias], xGiven, rows) {
        const x = matrixOf(b, 'input', xGiven, rows * length, inputWidth);
        const sum = product(b, 'product', x, transposed(b, 'kernel by columns', given(kernel)));
        return map(
          b,
          'output',
          x.rows,
          units,
          (row, col) => [cell(sum, row, col), cell(given(bias), 0, col)],
          ([value = 0, offset = 0]) => Math.fround(value + offset),
        );
      },

      traceBackward(b, [kernel], xGiven, dyGiven, rows, needInput) {
        const x = matrixOf(b, 'input', xGiven, rows * length, inputWidth);
        const dy = matrixOf(b, 'output gradient', dyGiven, rows * length, units);
        const dyByColumns = transposed(b, 'output gradient by columns', dy);
        const gradient = product(b, 'kernel gradient', transposed(b, 'input by columns', x), dyByColumns);
        const bias = reduceRows(b, 'bias gradient', dyByColumns, 'add');
        const input = needInput ? product(b, 'input gradient', dy, rowsOf(b, 'kernel by rows', given(kernel))) : dy;
        return { input, parameters: [gradient, bias] };
      },
    };
  },
};

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('dense has a kernel and a bias');
  return value;
}
