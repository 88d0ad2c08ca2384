import { type Patches, patchSource } from '../canonical/patches.ts';
import type { DagBuilder, View } from '../dag.ts';
import { cell, copy, flat, map, reduceRows } from '../rules.ts';
import { integerField, onlyFields, SpecError } from './fields.ts';
import type { LayerOperator, Shape } from './operator.ts';

const f = Math.fround;

/** Windows are square, at most 15 x 15, and lie inside the picture: a record's rest at the right and below is not read. */
const limits = { size: 15, stride: 15 } as const;

/** The largest value of each window; the gradient goes to the first of equal ones. */
export const maxPool2d = pool('max_pool2d', {
  combine(windows, taps) {
    const out = new Float32Array(windows.length / taps);
    const chosen = argmax(windows, taps);
    for (let i = 0; i < out.length; i += 1) out[i] = windows[i * taps + (chosen[i] ?? 0)] ?? 0;
    return out;
  },
  share: (windows, taps, dy) => {
    const out = new Float32Array(windows.length);
    argmax(windows, taps).forEach((tap, i) => {
      out[i * taps + tap] = dy[i] ?? 0;
    });
    return out;
  },
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
  combine(windows, taps) {
    const out = new Float32Array(windows.length / taps);
    for (let i = 0; i < out.length; i += 1) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) sum = f(sum + (windows[i * taps + tap] ?? 0));
      out[i] = sum / taps;
    }
    return out;
  },
  share: (windows, taps, dy) => windows.map((_, i) => dy[Math.floor(i / taps)] ?? 0),
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
  combine(windows: Float32Array, taps: number): Float32Array;
  /** What each window passes back to each of its values. */
  share(windows: Float32Array, taps: number, dy: Float32Array): Float32Array;
  /** What is done to the sum of those at one value of the input. */
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
      const gather = (x: Float32Array, rows: number) =>
        Float32Array.from(
          { length: rows * width * taps },
          (_, i) => x[inputOf(p, Math.floor(i / taps), i % taps)] ?? 0,
        );
      return {
        op,
        inputWidth,
        width,
        output: [p.outHeight, p.outWidth, p.channels],
        parameters: [],
        flops: 2 * width * taps,
        forward(_weights, x, rows, kernels) {
          const out = kind.combine(gather(x, rows), taps);
          kernels.ensureFinite(out, op);
          return out;
        },
        backward(_weights, x, dy, rows, _needInput, kernels) {
          const shares = kind.share(gather(x, rows), taps, dy);
          const out = new Float32Array(x.length);
          for (let i = 0; i < out.length; i += 1) {
            let sum = 0;
            for (let tap = 0; tap < taps; tap += 1) {
              const at = windowOf(p, i, tap);
              if (at >= 0) sum = f(sum + (shares[at * taps + tap] ?? 0));
            }
            out[i] = kind.scale(sum, taps);
          }
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

/** Index of the input's value that output value `out` reads at `tap`. */
function inputOf(p: Patches, out: number, tap: number): number {
  const channel = out % p.channels;
  return patchSource(p, Math.floor(out / p.channels), tap * p.channels + channel);
}

/** Index of the output value whose window has input value `index` at `tap`, or -1. */
function windowOf(p: Patches, index: number, tap: number): number {
  const channel = index % p.channels;
  const pixel = Math.floor(index / p.channels);
  const x = (pixel % p.width) - (tap % p.size);
  const y = (Math.floor(pixel / p.width) % p.height) - Math.floor(tap / p.size);
  const record = Math.floor(pixel / (p.width * p.height));
  if (x < 0 || y < 0 || x % p.step !== 0 || y % p.step !== 0) return -1;
  const [row, col] = [y / p.step, x / p.step];
  if (row >= p.outHeight || col >= p.outWidth) return -1;
  return ((record * p.outHeight + row) * p.outWidth + col) * p.channels + channel;
}

function traceWindows(b: DagBuilder, p: Patches, x: View, values: number): View {
  return copy(b, 'windows', values, p.size * p.size, (out, tap) => flat(x, inputOf(p, out, tap)));
}

/** In each window the position of the first largest value. */
function argmax(windows: Float32Array, taps: number): number[] {
  return Array.from({ length: windows.length / taps }, (_, i) => {
    let best = 0;
    for (let tap = 1; tap < taps; tap += 1) {
      if ((windows[i * taps + tap] ?? 0) > (windows[i * taps + best] ?? 0)) best = tap;
    }
    return best;
  });
}
