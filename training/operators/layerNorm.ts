import type { Kernels } from '../canonical/kernels.ts';
import { rowSums } from '../canonical/rows.ts';
import type { DagBuilder, View } from '../dag.ts';
import { cell, map, matrixOf, reduceRows, transposed } from '../rules.ts';
import { onlyFields } from './fields.ts';
import { type LayerOperator, sizeOf } from './operator.ts';
import { positive } from './settings.ts';

const f = Math.fround;

/**
 * Layer normalisation over the last axis (Ba, Kiros and Hinton, arXiv 1607.06450): y = gamma (x - mean) / sqrt(variance +
 * epsilon) + beta with mean and variance (divided by the count) of each row. gamma starts as 1, beta as 0.
 */
export const layerNorm: LayerOperator = {
  bind(json, path, input) {
    onlyFields(json, path, ['op', 'epsilon']);
    const epsilon = positive(json, path, 'epsilon', 1);
    const width = sizeOf(input);
    const channels = input.at(-1) ?? width;
    const countOf = (rows: number) => (rows * width) / channels;
    const inverse = (variance: number) => f(1 / f(Math.sqrt(f(variance + epsilon))));
    const slope = (dn: number, normal: number, scale: number, mean: number, share: number) =>
      f(scale * f(f(dn - mean) - f(normal * share)));

    const normalise = (x: Float32Array, rows: number, kernels: Kernels) => {
      const count = countOf(rows);
      const means = rowSums(x, count, channels).map((sum) => sum / channels);
      kernels.ensureFinite(means, 'layer_norm, mean');
      const centered = x.map((value, i) => value - (means[Math.floor(i / channels)] ?? 0));
      kernels.ensureFinite(centered, 'layer_norm, centered');
      const squares = centered.map((value) => value * value);
      kernels.ensureFinite(squares, 'layer_norm, squares');
      const variances = rowSums(squares, count, channels).map((sum) => sum / channels);
      kernels.ensureFinite(variances, 'layer_norm, variance');
      const scales = variances.map(inverse);
      const normal = centered.map((value, i) => value * (scales[Math.floor(i / channels)] ?? 0));
      kernels.ensureFinite(normal, 'layer_norm, normalised');
      return { normal, scales };
    };

    /** A map over rows and channels from a matrix and a row with one value a row. */
    const byRows = (
      b: DagBuilder,
      name: string,
      view: View,
      row: View,
      compute: (value: number, by: number) => number,
    ) =>
      map(
        b,
        name,
        view.rows,
        channels,
        (r, col) => [cell(view, r, col), cell(row, 0, r)],
        ([value = 0, by = 0]) => compute(value, by),
      );
    const traceNormalise = (b: DagBuilder, x: View, rows: number) => {
      const count = countOf(rows);
      const values = matrixOf(b, 'values', x, count, channels);
      const each = (name: string, view: View, compute: (value: number) => number) =>
        map(
          b,
          name,
          view.rows,
          view.cols,
          (row, col) => [cell(view, row, col)],
          ([value = 0]) => compute(value),
        );
      const average = (name: string, view: View) =>
        each(name, reduceRows(b, `${name} sum`, view, 'add'), (sum) => f(sum / channels));
      const centered = byRows(b, 'centered', values, average('mean', values), (value, mean) => f(value - mean));
      const squares = each('squares', centered, (value) => f(value * value));
      const scales = each('inverse deviation', average('variance', squares), inverse);
      const normal = byRows(b, 'normalised', centered, scales, (value, scale) => f(value * scale));
      return { normal, scales };
    };

    return {
      op: 'layer_norm',
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
        const out = normal.map((value, i) => f(value * (gamma?.[i % channels] ?? 0)) + (beta?.[i % channels] ?? 0));
        kernels.ensureFinite(out, 'layer_norm');
        return out;
      },

      backward([gamma], x, dy, rows, _needInput, kernels) {
        const count = countOf(rows);
        const { normal, scales } = normalise(x, rows, kernels);
        const products = dy.map((value, i) => value * (normal[i] ?? 0));
        kernels.ensureFinite(products, 'layer_norm, gradient products');
        const dGamma = kernels.columnSums(products, count, channels);
        const dBeta = kernels.columnSums(dy, count, channels);
        kernels.ensureFinite(dGamma, 'layer_norm, gamma gradient');
        kernels.ensureFinite(dBeta, 'layer_norm, beta gradient');
        const scaled = dy.map((value, i) => value * (gamma?.[i % channels] ?? 0));
        kernels.ensureFinite(scaled, 'layer_norm, scaled gradient');
        const shares = scaled.map((value, i) => value * (normal[i] ?? 0));
        kernels.ensureFinite(shares, 'layer_norm, shares');
        const [sums, shareSums] = [rowSums(scaled, count, channels), rowSums(shares, count, channels)];
        kernels.ensureFinite(sums, 'layer_norm, sums of gradients');
        kernels.ensureFinite(shareSums, 'layer_norm, sums of shares');
        const input = scaled.map((value, i) => {
          const row = Math.floor(i / channels);
          const [mean, share] = [f((sums[row] ?? 0) / channels), f((shareSums[row] ?? 0) / channels)];
          return slope(value, normal[i] ?? 0, scales[row] ?? 0, mean, share);
        });
        kernels.ensureFinite(input, 'layer_norm, input gradient');
        return { input, parameters: [dGamma, dBeta] };
      },

      traceForward(b, [gamma, beta], x, rows) {
        const { normal } = traceNormalise(b, x, rows);
        return map(
          b,
          'output',
          normal.rows,
          channels,
          (row, col) => [cell(normal, row, col), cell(given(gamma), 0, col), cell(given(beta), 0, col)],
          ([value = 0, factor = 0, offset = 0]) => f(f(value * factor) + offset),
        );
      },

      traceBackward(b, [gamma], x, dyGiven, rows) {
        const count = countOf(rows);
        const { normal, scales } = traceNormalise(b, x, rows);
        const dy = matrixOf(b, 'output gradient', dyGiven, count, channels);
        const pairs = (name: string, left: View, right: View) =>
          map(
            b,
            name,
            count,
            channels,
            (row, col) => [cell(left, row, col), cell(right, row, col)],
            ([one = 0, other = 0]) => f(one * other),
          );
        const products = pairs('gradient products', dy, normal);
        const dGamma = reduceRows(b, 'gamma gradient', transposed(b, 'gradient products by channels', products), 'add');
        const dBeta = reduceRows(b, 'beta gradient', transposed(b, 'output gradient by channels', dy), 'add');
        const scaled = map(
          b,
          'scaled gradient',
          count,
          channels,
          (row, col) => [cell(dy, row, col), cell(given(gamma), 0, col)],
          ([value = 0, factor = 0]) => f(value * factor),
        );
        const sums = reduceRows(b, 'sums of gradients', scaled, 'add');
        const shares = reduceRows(b, 'sums of shares', pairs('shares', scaled, normal), 'add');
        const input = map(
          b,
          'input gradient',
          count,
          channels,
          (row, col) => [
            cell(scaled, row, col),
            cell(normal, row, col),
            cell(scales, 0, row),
            cell(sums, 0, row),
            cell(shares, 0, row),
          ],
          ([value = 0, norm = 0, scale = 0, sum = 0, share = 0]) =>
            slope(value, norm, scale, f(sum / channels), f(share / channels)),
        );
        return { input, parameters: [dGamma, dBeta] };
      },
    };
  },
};

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('layer_norm has gamma and beta');
  return value;
}
