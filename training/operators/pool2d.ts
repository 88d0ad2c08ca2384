import type { Kernels } from '../canonical/kernels.ts';
import type { Patches } from '../canonical/patches.ts';
import { inputOf, windowOf } from '../canonical/pools.ts';
import type { DagBuilder, View } from '../dag.ts';
import { cell, copy, flat, map, reduceRows } from '../rules.ts';
import { integerField, onlyFields, SpecError } from './fields.ts';
import type { LayerOperator, Shape } from './operator.ts';

const f = Math.fround;

/** Windows are square, at most 15 x 15, and lie inside the picture: a record's rest at the right and below is not read. */
const limits = { size: 15, stride: 15 } as const;

/** The largest value of each window; the gradient goes to the first of equal ones. */
export const maxPool2d = pool('max_pool2d', {
  forward: (kernels, x, p, rows) => kernels.maxPool(x, p, rows),
  backward: (kernels, x, dy, p, rows) => kernels.maxPoolGradient(x, dy, p, rows),
  scale: (value) => value,
  traceCombine: (b, windows) => reduceRows(b, 'output', windows, 'max'),
  traceShare(b, windows, dy) {
    const chosen = reduceRows(b, 'position of the largest', windows, 'argmax');
    return map(
      b,
      'window gradients',
      windows.rows,
      windows.cols,
      (row) => [cell(chosen, 0, row), flat(dy, row)],
      ([first = 0, gradient = 0], _row, tap) => (first === tap ? gradient : 0),
    );
  },
});

/** The mean of each window: the sum in order, divided by its number of values. */
export const avgPool2d = pool('avg_pool2d', {
  forward: (kernels, x, p, rows) => kernels.avgPool(x, p, rows),
  backward: (kernels, _x, dy, p, rows) => kernels.avgPoolGradient(dy, p, rows),
  scale: (value, taps) => f(value / taps),
  traceCombine(b, windows) {
    const sums = reduceRows(b, 'sums', windows, 'add');
    return map(
      b,
      'output',
      1,
      windows.rows,
      (_, col) => [cell(sums, 0, col)],
      ([sum = 0]) => f(sum / windows.cols),
    );
  },
  traceShare: (b, windows, dy) => copy(b, 'window gradients', windows.rows, windows.cols, (row) => flat(dy, row)),
});

/** What tells one pool from the other; windows are (output values x taps). */
interface Pool {
  forward(kernels: Kernels, x: Float32Array, p: Patches, rows: number): Float32Array;
  backward(kernels: Kernels, x: Float32Array, dy: Float32Array, p: Patches, rows: number): Float32Array;
  /** What is done to the sum of what the windows pass to one value of the input. */
  scale(value: number, taps: number): number;
  traceCombine(b: DagBuilder, windows: View): View;
  traceShare(b: DagBuilder, windows: View, dy: View): View;
}

function pool(op: string, kind: Pool): LayerOperator {
  return {
    bind(json, path, input) {
      onlyFields(json, path, ['op', 'size', 'stride']);
      const size = integerField(json, path, 'size', 1, limits.size);
      const step = integerField(json, path, 'stride', 1, limits.stride);
      const p = windowsOf(input, path, size, step);
      const taps = size * size;
      const inputWidth = p.height * p.width * p.channels;
      const width = p.outHeight * p.outWidth * p.channels;
      return {
        op,
        inputWidth,
        width,
        output: [p.outHeight, p.outWidth, p.channels],
        parameters: [],
        flops: 2 * width * taps,
        forward(_weights, x, rows, kernels) {
          const out = kind.forward(kernels, x, p, rows);
          kernels.ensureFinite(out, op);
          return out;
        },
        backward(_weights, x, dy, rows, _needInput, kernels) {
          const out = kind.backward(kernels, x, dy, p, rows);
          kernels.ensureFinite(out, `${op}, input gradient`);
          return { input: out, parameters: [] };
        },
        traceForward: (b, _weights, x, rows) => kind.traceCombine(b, traceWindows(b, p, x, rows * width)),
        traceBackward(b, _weights, x, dy, rows) {
          const shares = kind.traceShare(b, traceWindows(b, p, x, rows * width), dy);
          const byInput = copy(b, 'gradients by input', rows * inputWidth, taps, (i, tap) => {
            const at = windowOf(p, i, tap);
            return at < 0 ? undefined : cell(shares, at, tap);
          });
          const sums = reduceRows(b, 'gradient sums', byInput, 'add');
          const input = map(
            b,
            'input gradient',
            x.rows,
            x.cols,
            (row, col) => [cell(sums, 0, row * x.cols + col)],
            ([value = 0]) => kind.scale(value, taps),
          );
          return { input, parameters: [] };
        },
      };
    },
  };
}

function windowsOf(input: Shape, path: string, size: number, step: number): Patches {
  const [height, width, channels] = input;
  if (input.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    throw new SpecError(path, `takes pictures of [height, width, channels], not [${input.join(', ')}]`);
  }
  if (size > height || size > width) throw new SpecError(`${path}.size`, 'is larger than the picture');
  const steps = (length: number) => Math.floor((length - size) / step) + 1;
  const picture = { height, width, channels, outHeight: steps(height), outWidth: steps(width) };
  return { ...picture, size, step, spread: 1, top: 0, left: 0 };
}

function traceWindows(b: DagBuilder, p: Patches, x: View, values: number): View {
  return copy(b, 'windows', values, p.size * p.size, (out, tap) => flat(x, inputOf(p, out, tap)));
}
