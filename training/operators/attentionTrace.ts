import type { DagBuilder, View } from '../dag.ts';
import { cell, copy, map, matrixOf, product, reduceRows, rowsOf, transposed } from '../rules.ts';
import type { TraceGradients } from './operator.ts';
import { traceSoftmax } from './softmax.ts';

/** The leaves of attention.ts. Matrices "by heads" have a row for each (record, head, position). */

const f = Math.fround;

export interface AttentionSizes {
  /** Positions of one record. */
  readonly length: number;
  /** Values of one position, in and out. */
  readonly units: number;
  readonly heads: number;
  /** Values of one head's query, key and value. */
  readonly size: number;
  /** 1 / sqrt(size). */
  readonly scale: number;
}

/** The gradient of a score: p (dp - the sum of p dp over the row). */
export function scoreSlope(probability: number, slope: number, sum: number): number {
  return f(probability * f(slope - sum));
}

interface Slopes {
  readonly x: View;
  readonly dy: View;
  readonly rows: number;
  readonly needInput: boolean;
}

export function traceAttention(
  b: DagBuilder,
  sizes: AttentionSizes,
  weights: readonly View[],
  x: View,
  rows: number,
): View {
  const { context } = traceAttend(b, sizes, weights, x, rows);
  return traceProject(b, 'output', context, weights, 3);
}

export function traceAttentionGradient(
  b: DagBuilder,
  sizes: AttentionSizes,
  weights: readonly View[],
  { x, dy, rows, needInput }: Slopes,
): TraceGradients {
  const { length, units, heads, scale } = sizes;
  const groups = rows * heads;
  const { values, query, key, value, probabilities, context } = traceAttend(b, sizes, weights, x, rows);
  const slopes = matrixOf(b, 'output gradient', dy, rows * length, units);
  const output = traceUnproject(b, 'output', context, slopes, weights, 3, true);
  const dc = heading(b, 'gradient of heads', output.input, sizes);
  const dp = product(b, 'gradient of probabilities', dc, value, groups);
  const turned = (name: string, view: View) => columnsOf(b, `${name} by columns`, view, groups);
  const dcByColumns = turned('gradient of heads', dc);
  const dv = product(b, 'gradient of values', turned('probabilities', probabilities), dcByColumns, groups);
  const products = pairs(b, 'gradient products', probabilities, dp, (p, slope) => f(p * slope));
  const sums = reduceRows(b, 'sums of gradient products', products, 'add');
  const ds = map(
    b,
    'gradient of scaled scores',
    probabilities.rows,
    length,
    (row, col) => [cell(probabilities, row, col), cell(dp, row, col), cell(sums, 0, row)],
    ([p = 0, slope = 0, sum = 0]) => scoreSlope(p, slope, sum),
  );
  const scores = each(b, 'gradient of scores', ds, (slope) => f(slope * scale));
  const dq = product(b, 'gradient of queries', scores, turned('keys', key), groups);
  const dk = product(b, 'gradient of keys', turned('scores', scores), turned('queries', query), groups);
  const results = [dq, dk, dv].map((slope, i) => {
    const name = ['query', 'key', 'value'][i] ?? '';
    const beside = unheading(b, `${name} gradient`, slope, sizes);
    return traceUnproject(b, name, values, beside, weights, i, needInput);
  });
  const parameters = [...results, output].flatMap((result) => result.parameters);
  const [q, k, v] = results.map(({ input }) => input);
  if (!needInput || q === undefined || k === undefined || v === undefined) return { input: dy, parameters };
  const sum = (left: number, right: number) => f(left + right);
  const both = pairs(b, 'input gradient of queries and keys', q, k, sum);
  return { input: pairs(b, 'input gradient', both, v, sum), parameters };
}

function traceAttend(b: DagBuilder, sizes: AttentionSizes, weights: readonly View[], x: View, rows: number) {
  const { length, units, heads, scale } = sizes;
  const groups = rows * heads;
  const values = matrixOf(b, 'values', x, rows * length, units);
  const [query, key, value] = ['query', 'key', 'value'].map((name, i) =>
    heading(b, `${name} by heads`, traceProject(b, name, values, weights, i), sizes),
  );
  if (query === undefined || key === undefined || value === undefined) throw new RangeError('three projections');
  const scores = product(b, 'scores', query, key, groups);
  const scaled = each(b, 'scaled scores', scores, (score) => f(score * scale));
  const probabilities = traceSoftmax(b, 'scores', scaled);
  const results = product(b, 'heads', probabilities, columnsOf(b, 'values by columns', value, groups), groups);
  return { values, query, key, value, probabilities, context: unheading(b, 'heads side by side', results, sizes) };
}

function traceProject(b: DagBuilder, name: string, x: View, weights: readonly View[], i: number): View {
  const [kernel, bias] = pairOf(weights, i);
  const sum = product(b, `${name}, product`, x, transposed(b, `${name} kernel by columns`, kernel));
  return map(
    b,
    name,
    x.rows,
    bias.cols,
    (row, col) => [cell(sum, row, col), cell(bias, 0, col)],
    ([value = 0, offset = 0]) => f(value + offset),
  );
}

function traceUnproject(
  b: DagBuilder,
  name: string,
  x: View,
  dy: View,
  weights: readonly View[],
  i: number,
  needInput: boolean,
): TraceGradients {
  const [kernel] = pairOf(weights, i);
  const dyByColumns = transposed(b, `${name} gradient by columns`, dy);
  const gradient = product(b, `${name} kernel gradient`, transposed(b, `${name} input by columns`, x), dyByColumns);
  const bias = reduceRows(b, `${name} bias gradient`, dyByColumns, 'add');
  const rows = needInput ? rowsOf(b, `${name} kernel by rows`, kernel) : undefined;
  const input = rows === undefined ? dy : product(b, `${name} input gradient`, dy, rows);
  return { input, parameters: [gradient, bias] };
}

/** (record, position) x (head, value) by heads. */
function heading(b: DagBuilder, name: string, view: View, { length, heads, size }: AttentionSizes): View {
  return copy(b, name, view.rows * heads, size, (row, col) => {
    const [record, head] = [Math.floor(row / (heads * length)), Math.floor(row / length) % heads];
    return cell(view, record * length + (row % length), head * size + col);
  });
}

/** By heads back to (record, position) x (head, value). */
function unheading(b: DagBuilder, name: string, view: View, { length, heads, size }: AttentionSizes): View {
  return copy(b, name, view.rows / heads, heads * size, (row, col) => {
    const [record, head] = [Math.floor(row / length), Math.floor(col / size)];
    return cell(view, (record * heads + head) * length + (row % length), col % size);
  });
}

/** Each of `groups` matrices transposed, one below the other. */
function columnsOf(b: DagBuilder, name: string, view: View, groups: number): View {
  const rows = view.rows / groups;
  return copy(b, name, groups * view.cols, rows, (row, col) =>
    cell(view, Math.floor(row / view.cols) * rows + col, row % view.cols),
  );
}

function each(b: DagBuilder, name: string, view: View, compute: (value: number) => number): View {
  return map(
    b,
    name,
    view.rows,
    view.cols,
    (row, col) => [cell(view, row, col)],
    ([value = 0]) => compute(value),
  );
}

function pairs(b: DagBuilder, name: string, left: View, right: View, compute: (a: number, b: number) => number): View {
  return map(
    b,
    name,
    left.rows,
    left.cols,
    (row, col) => [cell(left, row, col), cell(right, row, col)],
    ([one = 0, other = 0]) => compute(one, other),
  );
}

function pairOf(weights: readonly View[], i: number): readonly [View, View] {
  const [kernel, bias] = weights.slice(2 * i, 2 * i + 2);
  if (kernel === undefined || bias === undefined) throw new RangeError('attention has four kernels and biases');
  return [kernel, bias];
}
