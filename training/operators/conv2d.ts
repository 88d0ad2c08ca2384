import {
  flipped,
  flippedSource,
  inputGradientPatches,
  type Patches,
  patchLength,
  patchSource,
  positionsOf,
} from '../canonical/patches.ts';
import type { DagBuilder, View } from '../dag.ts';
import { cell, copy, flat, map, product, reduceRows, reshaped, transposed } from '../rules.ts';
import { integerField, onlyFields, SpecError } from './fields.ts';
import type { JsonObject, Layer, LayerOperator, Shape } from './operator.ts';

export const conv2dLimits = { filters: 4_096, size: 15, stride: 8 } as const;

/**
 * Cross-correlation with square kernels, then the bias: y[n, i, j, f] = sum over (ky, kx, c) of
 * x[n, i s + ky - top, j s + kx - left, c] W[ky, kx, c, f] + b[f]. `same` padding as TensorFlow has it: ceil(size / stride)
 * outputs, the odd row of zeros at the end. W is uniform in +-sqrt(6 / (fan in + fan out)) at the start.
 */
export const conv2d: LayerOperator = {
  bind(json, path, input): Layer {
    onlyFields(json, path, ['op', 'filters', 'size', 'stride', 'padding']);
    const filters = integerField(json, path, 'filters', 1, conv2dLimits.filters);
    const patches = windowOf(json, path, input);
    const inner = patchLength(patches);
    const taps = patches.size * patches.size;
    const limit = Math.fround(Math.sqrt(Math.fround(6 / (inner + taps * filters))));
    const back = inputGradientPatches(patches, filters);
    const output = [patches.outHeight, patches.outWidth, filters];
    return {
      op: 'conv2d',
      inputWidth: patches.height * patches.width * patches.channels,
      width: patches.outHeight * patches.outWidth * filters,
      output,
      parameters: [
        { name: 'kernel', rows: inner, cols: filters, limit },
        { name: 'bias', rows: 1, cols: filters, limit: 0 },
      ],
      flops: 6 * patches.outHeight * patches.outWidth * inner * filters,

      forward([kernel, bias], x, rows, kernels) {
        const out = kernels.convolve(x, given(kernel), patches, rows, filters);
        kernels.ensureFinite(out, 'conv2d, product');
        kernels.addBias(out, given(bias));
        kernels.ensureFinite(out, 'conv2d');
        return out;
      },

      backward([kernel], x, dy, rows, needInput, kernels) {
        const gradient = kernels.convolveGradient(x, dy, patches, rows, filters);
        const bias = kernels.columnSums(dy, positionsOf(patches, rows), filters);
        const input = needInput
          ? kernels.convolve(dy, flipped(given(kernel), patches, filters), back, rows, patches.channels)
          : new Float32Array(0);
        kernels.ensureFinite(gradient, 'conv2d, kernel gradient');
        kernels.ensureFinite(bias, 'conv2d, bias gradient');
        kernels.ensureFinite(input, 'conv2d, input gradient');
        return { input, parameters: [gradient, bias] };
      },

      traceForward(b, [kernel, bias], x, rows) {
        const positions = positionsOf(patches, rows);
        const sum = product(
          b,
          'product',
          tracePatches(b, 'patches', x, patches, positions),
          transposed(b, 'kernel by columns', given(kernel)),
        );
        return map(
          b,
          'output',
          positions,
          filters,
          (row, col) => [cell(sum, row, col), cell(given(bias), 0, col)],
          ([value = 0, offset = 0]) => Math.fround(value + offset),
        );
      },

      traceBackward(b, [kernel], x, dy, rows, needInput) {
        const positions = positionsOf(patches, rows);
        const dyByColumns = transposed(b, 'output gradient by columns', reshaped(dy, positions, filters));
        const byElements = copy(b, 'patches by elements', inner, positions, (element, position) => {
          const source = patchSource(patches, position, element);
          return source < 0 ? undefined : flat(x, source);
        });
        const gradient = product(b, 'kernel gradient', byElements, dyByColumns);
        const bias = reduceRows(b, 'bias gradient', dyByColumns, 'add');
        if (!needInput) return { input: dy, parameters: [gradient, bias] };
        const pixels = positionsOf(back, rows);
        const turned = copy(b, 'flipped kernel by columns', patches.channels, patchLength(back), (channel, row) =>
          flat(given(kernel), flippedSource(patches, filters, row * patches.channels + channel)),
        );
        const input = product(b, 'input gradient', tracePatches(b, 'gradient patches', dy, back, pixels), turned);
        return { input, parameters: [gradient, bias] };
      },
    };
  },
};

function windowOf(json: JsonObject, path: string, input: Shape): Patches {
  const [height, width, channels] = input;
  if (input.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    throw new SpecError(path, `takes pictures of [height, width, channels], not [${input.join(', ')}]`);
  }
  const size = integerField(json, path, 'size', 1, conv2dLimits.size);
  const step = integerField(json, path, 'stride', 1, conv2dLimits.stride);
  const picture = { height, width, channels, size, step, spread: 1 };
  if (json.padding === 'same') {
    const [outHeight, outWidth] = [Math.ceil(height / step), Math.ceil(width / step)];
    const before = (length: number, out: number) => Math.floor(Math.max((out - 1) * step + size - length, 0) / 2);
    return { ...picture, outHeight, outWidth, top: before(height, outHeight), left: before(width, outWidth) };
  }
  if (json.padding !== 'valid') throw new SpecError(`${path}.padding`, 'must be one of same, valid');
  if (size > height || size > width) throw new SpecError(`${path}.size`, 'is larger than the picture');
  const steps = (length: number) => Math.floor((length - size) / step) + 1;
  return { ...picture, outHeight: steps(height), outWidth: steps(width), top: 0, left: 0 };
}

function tracePatches(b: DagBuilder, name: string, x: View, patches: Patches, positions: number): View {
  return copy(b, name, positions, patchLength(patches), (position, element) => {
    const source = patchSource(patches, position, element);
    return source < 0 ? undefined : flat(x, source);
  });
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('conv2d has a kernel and a bias');
  return value;
}
