import type { Kernels } from '../canonical/kernels.ts';
import type { DagBuilder, View } from '../dag.ts';
import { cell, copy, flat, map, reduceRows, transposed } from '../rules.ts';
import { onlyFields } from './fields.ts';
import { type LayerOperator, sizeOf } from './operator.ts';
import { positive } from './settings.ts';

const f = Math.fround;

/**
 * Batch normalisation over the last axis (Ioffe and Szegedy, arXiv 1502.03167): y = gamma (x - mean) / sqrt(variance +
 * epsilon) + beta, with mean and variance (divided by the count) of the batch while training. Running ones,
 * momentum * running + (1 - momentum) * batch, start as 0 and 1, are part of the state and serve evaluation.
 */
export const batchNorm: LayerOperator = {
  bind(json, path, input) {
    onlyFields(json, path, ['op', 'momentum', 'epsilon']);
    const momentum = positive(json, path, 'momentum', 1);
    const epsilon = positive(json, path, 'epsilon', 1);
    const rest = f(1 - momentum);
    const width = sizeOf(input);
    const channels = input.at(-1) ?? width;
    const countOf = (rows: number) => (rows * width) / channels;
    const inverse = (variance: number) => f(1 / f(Math.sqrt(f(variance + epsilon))));
    const output = (normal: number, gamma: number, beta: number) => f(f(normal * gamma) + beta);
    const slope = (dy: number, normal: number, scale: number, dBeta: number, dGamma: number) =>
      f(scale * f(f(dy - dBeta) - f(normal * dGamma)));

    const measure = (x: Float32Array, rows: number, kernels: Kernels) => {
      const count = countOf(rows);
      const mean = kernels.columnSums(x, count, channels).map((sum) => sum / count);
      kernels.ensureFinite(mean, 'batch_norm, mean');
      const centered = kernels.subtractRow(x, mean);
      kernels.ensureFinite(centered, 'batch_norm, centered');
      const squares = kernels.multiplyElements(centered, centered);
      kernels.ensureFinite(squares, 'batch_norm, squares');
      const variance = kernels.columnSums(squares, count, channels).map((sum) => sum / count);
      kernels.ensureFinite(variance, 'batch_norm, variance');
      return { mean, centered, variance };
    };
    const normalise = (x: Float32Array, rows: number, kernels: Kernels) => {
      const { centered, variance } = measure(x, rows, kernels);
      const scales = variance.map(inverse);
      const normal = kernels.multiplyRow(centered, scales);
      kernels.ensureFinite(normal, 'batch_norm, normalised');
      return { normal, scales };
    };

    const traceMeasure = (b: DagBuilder, x: View, rows: number) => {
      const count = countOf(rows);
      const values = copy(b, 'values', count, channels, (row, col) => flat(x, row * channels + col));
      const average = (name: string, view: View) => {
        const sums = reduceRows(b, `${name} sum`, transposed(b, `${name} by channels`, view), 'add');
        return map(
          b,
          name,
          1,
          channels,
          (_, col) => [cell(sums, 0, col)],
          ([sum = 0]) => f(sum / count),
        );
      };
      const mean = average('mean', values);
      const centered = map(
        b,
        'centered',
        count,
        channels,
        (row, col) => [cell(values, row, col), cell(mean, 0, col)],
        ([value = 0, middle = 0]) => f(value - middle),
      );
      const square = ([value = 0]: readonly number[]) => f(value * value);
      const squares = map(b, 'squares', count, channels, (row, col) => [cell(centered, row, col)], square);
      return { mean, centered, variance: average('variance', squares) };
    };
    const traceNormalise = (b: DagBuilder, x: View, rows: number) => {
      const { centered, variance } = traceMeasure(b, x, rows);
      const scales = map(
        b,
        'inverse deviation',
        1,
        channels,
        (_, col) => [cell(variance, 0, col)],
        ([v = 0]) => inverse(v),
      );
      const normal = map(
        b,
        'normalised',
        countOf(rows),
        channels,
        (row, col) => [cell(centered, row, col), cell(scales, 0, col)],
        ([value = 0, scale = 0]) => f(value * scale),
      );
      return { normal, scales };
    };

    return {
      op: 'batch_norm',
      inputWidth: width,
      width,
      output: input,
      parameters: [
        { name: 'gamma', rows: 1, cols: channels, limit: 0, initial: 1 },
        { name: 'beta', rows: 1, cols: channels, limit: 0 },
      ],
      flops: 20 * width,

      forward([gamma, beta], x, rows, kernels) {
        const { normal } = normalise(x, rows, kernels);
        const out = kernels.multiplyRow(normal, given(gamma));
        kernels.addBias(out, given(beta));
        kernels.ensureFinite(out, 'batch_norm');
        return out;
      },

      backward([gamma], x, dy, rows, _needInput, kernels) {
        const count = countOf(rows);
        const { normal, scales } = normalise(x, rows, kernels);
        const products = kernels.multiplyElements(dy, normal);
        kernels.ensureFinite(products, 'batch_norm, gradient products');
        const dGamma = kernels.columnSums(products, count, channels);
        const dBeta = kernels.columnSums(dy, count, channels);
        kernels.ensureFinite(dGamma, 'batch_norm, gamma gradient');
        kernels.ensureFinite(dBeta, 'batch_norm, beta gradient');
        const input = kernels.normGradient(dy, normal, {
          scale: scales.map((scale, c) => (gamma?.[c] ?? 0) * scale),
          beta: dBeta.map((sum) => sum / count),
          gamma: dGamma.map((sum) => sum / count),
        });
        kernels.ensureFinite(input, 'batch_norm, input gradient');
        return { input, parameters: [dGamma, dBeta] };
      },

      statistics: {
        initial: [0, 1],
        length: channels,
        measure(x, rows, kernels) {
          const { mean, variance } = measure(x, rows, kernels);
          return [mean, variance];
        },
        next: (running, measured) => f(f(momentum * running) + f(rest * measured)),
        evaluate([gamma, beta], [mean, variance], x) {
          const scales = given(variance).map(inverse);
          const out = new Float32Array(x.length);
          for (let i = 0; i < x.length; i += 1) {
            const c = i % channels;
            const normal = f(f((x[i] ?? 0) - (mean?.[c] ?? 0)) * (scales[c] ?? 0));
            out[i] = output(normal, gamma?.[c] ?? 0, beta?.[c] ?? 0);
          }
          return out;
        },
        traceMeasure(b, x, rows) {
          const { mean, variance } = traceMeasure(b, x, rows);
          return [mean, variance];
        },
      },

      traceForward(b, [gamma, beta], x, rows) {
        const { normal } = traceNormalise(b, x, rows);
        return map(
          b,
          'output',
          countOf(rows),
          channels,
          (row, col) => [cell(normal, row, col), cell(given(gamma), 0, col), cell(given(beta), 0, col)],
          ([value = 0, factor = 0, offset = 0]) => output(value, factor, offset),
        );
      },

      traceBackward(b, [gamma], x, dyGiven, rows) {
        const count = countOf(rows);
        const { normal, scales } = traceNormalise(b, x, rows);
        const dy = copy(b, 'output gradient', count, channels, (row, col) => flat(dyGiven, row * channels + col));
        const products = map(
          b,
          'gradient products',
          count,
          channels,
          (row, col) => [cell(dy, row, col), cell(normal, row, col)],
          ([gradient = 0, value = 0]) => f(gradient * value),
        );
        const dGamma = reduceRows(b, 'gamma gradient', transposed(b, 'gradient products by channels', products), 'add');
        const dBeta = reduceRows(b, 'beta gradient', transposed(b, 'output gradient by channels', dy), 'add');
        const input = map(
          b,
          'input gradient',
          x.rows,
          x.cols,
          (row, col) => {
            const index = row * x.cols + col;
            const c = index % channels;
            return [
              flat(dy, index),
              flat(normal, index),
              cell(given(gamma), 0, c),
              cell(scales, 0, c),
              cell(dBeta, 0, c),
              cell(dGamma, 0, c),
            ];
          },
          ([gradient = 0, value = 0, factor = 0, scale = 0, beta = 0, sum = 0]) =>
            slope(gradient, value, f(factor * scale), f(beta / count), f(sum / count)),
        );
        return { input, parameters: [dGamma, dBeta] };
      },
    };
  },
};

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('batch_norm has gamma and beta');
  return value;
}
