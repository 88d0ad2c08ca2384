import { ensureFinite } from './finite.ts';
import { columnSums, multiply, transpose } from './matrix.ts';
import { convolve, convolveGradient, type Patches } from './patches.ts';

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
};
