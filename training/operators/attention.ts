import type { Kernels } from '../canonical/kernels.ts';
import { groupedMultiply, rowSums, shiftedRows, softmaxRows, type Turned } from '../canonical/rows.ts';
import { type AttentionSizes, scoreSlope, traceAttention, traceAttentionGradient } from './attentionTrace.ts';
import { integerField, onlyFields, SpecError } from './fields.ts';
import type { LayerOperator, ParameterShape } from './operator.ts';

const f = Math.fround;

export const attentionLimits = { heads: 64, size: 256, length: 1_024 } as const;

/**
 * Multi-head self-attention over the positions of a record (Vaswani et al., arXiv 1706.03762, 3.2): of every head,
 * softmax(q k^T / sqrt(size)) v with q, k, v = x W + b; the heads side by side times the output kernel, plus its bias.
 * Kernels are uniform in +-sqrt(6 / (units + heads x size)) at the start, biases 0.
 */
export const attention: LayerOperator = {
  bind(json, path, input) {
    onlyFields(json, path, ['op', 'heads', 'size']);
    const [length, units] = input;
    if (input.length !== 2 || length === undefined || units === undefined) {
      throw new SpecError(path, `takes rows of values, [length, units], not [${input.join(', ')}]`);
    }
    if (length > attentionLimits.length) throw new SpecError(path, `takes at most ${attentionLimits.length} positions`);
    const heads = integerField(json, path, 'heads', 1, attentionLimits.heads);
    const size = integerField(json, path, 'size', 1, attentionLimits.size);
    const sizes: AttentionSizes = { length, units, heads, size, scale: f(1 / f(Math.sqrt(size))) };
    const inner = heads * size;
    const width = length * units;
    const limit = f(Math.sqrt(f(6 / (units + inner))));
    const pair = (name: string, rows: number, cols: number): ParameterShape[] => [
      { name: `${name}_kernel`, rows, cols, limit },
      { name: `${name}_bias`, rows: 1, cols, limit: 0 },
    ];
    return {
      op: 'attention',
      inputWidth: width,
      width,
      output: input,
      largest: Math.max(heads * length * length, length * inner),
      parameters: [
        ...pair('query', units, inner),
        ...pair('key', units, inner),
        ...pair('value', units, inner),
        ...pair('output', inner, units),
      ],
      flops: 24 * length * units * inner + 16 * length * length * inner,

      forward(weights, x, rows, kernels) {
        const { context } = attend(sizes, weights, x, rows, kernels);
        return project(context, weights, 3, rows * length, kernels, 'attention');
      },

      backward(weights, x, dy, rows, needInput, kernels) {
        const positions = rows * length;
        const { query, key, value, probabilities, context } = attend(sizes, weights, x, rows, kernels);
        const output = unproject(context, dy, weights, 3, positions, kernels);
        const groups = rows * heads;
        const slopes = byHeads(output.input, sizes, rows);
        const times = (a: Float32Array, b: Float32Array, [r, i, c]: Sizes, turned: Turned, what: string) => {
          const out = groupedMultiply(a, b, { groups, rows: r, inner: i, cols: c }, turned);
          kernels.ensureFinite(out, `attention, ${what}`);
          return out;
        };
        const dp = times(slopes, value, [length, size, length], 'right', 'gradient of probabilities');
        const dv = times(probabilities, slopes, [length, length, size], 'left', 'gradient of values');
        const products = probabilities.map((p, i) => p * (dp[i] ?? 0));
        kernels.ensureFinite(products, 'attention, gradient products');
        const sums = rowSums(products, groups * length, length);
        kernels.ensureFinite(sums, 'attention, sums of gradient products');
        const ds = probabilities.map((p, i) => scoreSlope(p, dp[i] ?? 0, sums[Math.floor(i / length)] ?? 0));
        kernels.ensureFinite(ds, 'attention, gradient of scaled scores');
        const scores = ds.map((slope) => slope * sizes.scale);
        const dq = times(scores, key, [length, length, size], 'none', 'gradient of queries');
        const dk = times(scores, query, [length, length, size], 'left', 'gradient of keys');
        const [q, k, v] = [dq, dk, dv].map((slope, i) =>
          unproject(x, fromHeads(slope, sizes, rows), weights, i, positions, kernels, needInput),
        );
        if (q === undefined || k === undefined || v === undefined) throw new RangeError('three projections');
        const both = q.input.map((slope, i) => slope + (k.input[i] ?? 0));
        kernels.ensureFinite(both, 'attention, input gradient of queries and keys');
        const input = both.map((slope, i) => slope + (v.input[i] ?? 0));
        kernels.ensureFinite(input, 'attention, input gradient');
        return { input, parameters: [q, k, v, output].flatMap(({ parameters }) => parameters) };
      },

      traceForward: (b, weights, x, rows) => traceAttention(b, sizes, weights, x, rows),
      traceBackward: (b, weights, x, dy, rows, needInput) =>
        traceAttentionGradient(b, sizes, weights, { x, dy, rows, needInput }),
    };
  },
};

type Sizes = readonly [rows: number, inner: number, cols: number];

/** Queries, keys and values by heads, probabilities, and the heads' results side by side. */
function attend(
  sizes: AttentionSizes,
  weights: readonly Float32Array[],
  x: Float32Array,
  rows: number,
  kernels: Kernels,
) {
  const { length, heads, size, scale } = sizes;
  const groups = rows * heads;
  const [query, key, value] = ['query', 'key', 'value'].map((name, i) =>
    byHeads(project(x, weights, i, rows * length, kernels, `attention, ${name}`), sizes, rows),
  );
  if (query === undefined || key === undefined || value === undefined) throw new RangeError('three projections');
  const scores = groupedMultiply(query, key, { groups, rows: length, inner: size, cols: length }, 'right');
  kernels.ensureFinite(scores, 'attention, scores');
  const scaled = scores.map((score) => score * scale);
  const shifted = shiftedRows(scaled, groups * length, length);
  kernels.ensureFinite(shifted, 'attention, shifted scores');
  const probabilities = softmaxRows(shifted, groups * length, length);
  const results = groupedMultiply(probabilities, value, { groups, rows: length, inner: length, cols: size }, 'none');
  kernels.ensureFinite(results, 'attention, heads');
  return { query, key, value, probabilities, context: fromHeads(results, sizes, rows) };
}

/** x W + b with the i-th kernel and bias. */
function project(
  x: Float32Array,
  weights: readonly Float32Array[],
  i: number,
  positions: number,
  kernels: Kernels,
  where: string,
): Float32Array {
  const [kernel, bias] = pairOf(weights, i);
  const out = kernels.multiply(x, kernel, positions, x.length / positions, bias.length);
  kernels.ensureFinite(out, `${where} product`);
  kernels.addBias(out, bias);
  kernels.ensureFinite(out, where);
  return out;
}

/** Gradients of x W + b by W, b and x. */
function unproject(
  x: Float32Array,
  dy: Float32Array,
  weights: readonly Float32Array[],
  i: number,
  positions: number,
  kernels: Kernels,
  needInput = true,
) {
  const [kernel, bias] = pairOf(weights, i);
  const inner = x.length / positions;
  const gradient = kernels.transposedMultiply(x, dy, inner, positions, bias.length);
  const sums = kernels.columnSums(dy, positions, bias.length);
  const input = needInput ? kernels.multiplyTransposed(dy, kernel, positions, bias.length, inner) : new Float32Array(0);
  kernels.ensureFinite(gradient, 'attention, kernel gradient');
  kernels.ensureFinite(sums, 'attention, bias gradient');
  kernels.ensureFinite(input, 'attention, input gradient');
  return { input, parameters: [gradient, sums] };
}

function pairOf(weights: readonly Float32Array[], i: number): readonly [Float32Array, Float32Array] {
  const [kernel, bias] = weights.slice(2 * i, 2 * i + 2);
  if (kernel === undefined || bias === undefined) throw new RangeError('attention has four kernels and biases');
  return [kernel, bias];
}

/** (record, position, head, value) to (record, head, position, value). */
function byHeads(values: Float32Array, { length, heads, size }: AttentionSizes, rows: number): Float32Array {
  return swapped(values, rows, length, heads, size);
}

/** (record, head, position, value) to (record, position, head, value). */
function fromHeads(values: Float32Array, { length, heads, size }: AttentionSizes, rows: number): Float32Array {
  return swapped(values, rows, heads, length, size);
}

/** Swaps the second and third of four axes. */
function swapped(values: Float32Array, rows: number, second: number, third: number, size: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < second; i += 1) {
      for (let j = 0; j < third; j += 1) {
        const from = ((row * second + i) * third + j) * size;
        out.set(values.subarray(from, from + size), ((row * third + j) * second + i) * size);
      }
    }
  }
  return out;
}
