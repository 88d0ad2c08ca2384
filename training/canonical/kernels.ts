import type { Optimizer } from '../operators/operator.ts';
import type { PhiloxKey } from '../random.ts';
import { ensureFinite } from './finite.ts';
import { hashAll } from './hashing.ts';
import { type LossValues, softmax, squaredErrors } from './losses.ts';
import { columnSums, multiply, transpose } from './matrix.ts';
import { convolve, convolveGradient, type Patches } from './patches.ts';
import { avgPool, avgPoolGradient, maxPool, maxPoolGradient } from './pools.ts';
import { updateWeights } from './weights.ts';

/**
 * The heavy primitives of F on row-major float32 arrays without padding. `canonicalKernels`, plain TypeScript, is their
 * definition; another implementation must give the same bits for every finite input (`wasm/` does).
 */
export interface Kernels {
  /** The same values where this implementation works on them fastest; the argument itself or a copy. */
  adopt(values: Float32Array): Float32Array;
  /** a (rows x inner) times b (inner x cols). */
  multiply(a: Float32Array, b: Float32Array, rows: number, inner: number, cols: number): Float32Array;
  /** a (rows x inner) times the transpose of b (cols x inner). */
  multiplyTransposed(a: Float32Array, b: Float32Array, rows: number, inner: number, cols: number): Float32Array;
  /** The transpose of a (inner x rows) times b (inner x cols). */
  transposedMultiply(a: Float32Array, b: Float32Array, rows: number, inner: number, cols: number): Float32Array;
  /** Patches of `records` pictures times a kernel (patch length x filters): positions x filters. */
  convolve(x: Float32Array, kernel: Float32Array, patches: Patches, records: number, filters: number): Float32Array;
  /** The transpose of those patches times dy (positions x filters). */
  convolveGradient(x: Float32Array, dy: Float32Array, patches: Patches, records: number, filters: number): Float32Array;
  /** Sum of each column. */
  columnSums(a: Float32Array, rows: number, cols: number): Float32Array;
  /** Adds `bias` to every row of `values`, in place. */
  addBias(values: Float32Array, bias: Float32Array): void;
  relu(x: Float32Array): Float32Array;
  /** dy where x > 0, else +0. */
  reluGradient(x: Float32Array, dy: Float32Array): Float32Array;
  /** @throws NonFiniteError naming the first element that is NaN or infinite */
  ensureFinite(values: Float32Array, where: string): void;
  /** a + b, element by element. */
  add(a: Float32Array, b: Float32Array): Float32Array;
  maxPool(x: Float32Array, p: Patches, records: number): Float32Array;
  maxPoolGradient(x: Float32Array, dy: Float32Array, p: Patches, records: number): Float32Array;
  avgPool(x: Float32Array, p: Patches, records: number): Float32Array;
  avgPoolGradient(dy: Float32Array, p: Patches, records: number): Float32Array;
  /** `row` taken from every row of x. */
  subtractRow(x: Float32Array, row: Float32Array): Float32Array;
  /** Every row of x times `row`, element by element. */
  multiplyRow(x: Float32Array, row: Float32Array): Float32Array;
  multiplyElements(a: Float32Array, b: Float32Array): Float32Array;
  /** The gradient through a normalisation: scale ((dy - beta) - normal gamma), the last three by columns. */
  normGradient(dy: Float32Array, normal: Float32Array, by: NormRows): Float32Array;
  softmax(logits: Float32Array, labels: Float32Array, classes: number, batch: number): LossValues;
  squaredErrors(outputs: Float32Array, labels: Float32Array, classes: number, batch: number): LossValues;
  /** Writes weights and slots after the step into `next`, laid out as `state`; `scalars` are those after the step. */
  update(optimizer: Optimizer, step: UpdateStep): void;
  /** Records at positions [first, first + count) of an epoch, or undefined: let `recordOf` find them one by one. */
  order(key: PhiloxKey, epoch: number, records: number, first: number, count: number): Int32Array | undefined;
  /** Hash of prefix and message for consecutive messages of `length` bytes, the last one possibly shorter; concatenated. */
  hashAll(prefix: 0 | 1, messages: Uint8Array, length: number): Uint8Array;
  /** Values to be overwritten, where this implementation works on them fastest. */
  room(length: number): Float32Array;
  /** Frees what earlier calls returned: those arrays are not to be used again. */
  reset(): void;
}

/** One row each, as long as there are columns. */
export interface NormRows {
  readonly scale: Float32Array;
  readonly beta: Float32Array;
  readonly gamma: Float32Array;
}

export interface UpdateStep {
  readonly state: Float32Array;
  readonly gradients: Float32Array;
  readonly next: Float32Array;
  readonly weights: number;
  readonly scalars: Float32Array;
  readonly rate: number;
}

export const canonicalKernels: Kernels = {
  adopt: (values) => values,
  multiply,
  multiplyTransposed: (a, b, rows, inner, cols) => multiply(a, transpose(b, cols, inner), rows, inner, cols),
  transposedMultiply: (a, b, rows, inner, cols) => multiply(transpose(a, inner, rows), b, rows, inner, cols),
  convolve,
  convolveGradient,
  columnSums,
  addBias(values, bias) {
    for (let i = 0; i < values.length; i += 1) values[i] = (values[i] ?? 0) + (bias[i % bias.length] ?? 0);
  },
  relu: (x) => x.map((value) => Math.max(value, 0)),
  reluGradient: (x, dy) => dy.map((value, i) => ((x[i] ?? 0) > 0 ? value : 0)),
  ensureFinite,
  add: (a, b) => a.map((value, i) => value + (b[i] ?? 0)),
  maxPool,
  maxPoolGradient,
  avgPool,
  avgPoolGradient,
  subtractRow: (x, row) => x.map((value, i) => value - (row[i % row.length] ?? 0)),
  multiplyRow: (x, row) => x.map((value, i) => value * (row[i % row.length] ?? 0)),
  multiplyElements: (a, b) => a.map((value, i) => value * (b[i] ?? 0)),
  normGradient: (dy, normal, { scale, beta, gamma }) =>
    dy.map((value, i) => {
      const c = i % scale.length;
      const share = Math.fround((normal[i] ?? 0) * (gamma[c] ?? 0));
      return (scale[c] ?? 0) * Math.fround(Math.fround(value - (beta[c] ?? 0)) - share);
    }),
  softmax,
  squaredErrors,
  update: updateWeights,
  order: () => undefined,
  hashAll,
  room: (length) => new Float32Array(length),
  reset: () => undefined,
};
