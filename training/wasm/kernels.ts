import { NonFiniteError } from '../canonical/finite.ts';
import type { Kernels } from '../canonical/kernels.ts';
import { sliceSize } from '../canonical/matrix.ts';
import { convolve, convolveGradient } from './convolve.ts';
import { SCRATCH, tilesOf } from './jobs.ts';
import { KernelPool } from './pool.ts';

/** Below so many operations a job is done before other threads have woken up. */
const ALONE = 200_000;

/** F's primitives in WebAssembly SIMD on several threads; the same bits as `canonicalKernels`. */
export interface WasmKernels extends Kernels {
  readonly threads: number;
  /** Frees what earlier calls returned: those arrays are not to be used again. Call it between steps. */
  reset(): void;
  close(): Promise<void>;
}

/** @param threads this one included */
export function openKernels(threads: number): WasmKernels {
  const pool = new KernelPool(threads);

  const adopt = (values: Float32Array): Float32Array => {
    if (pool.owns(values)) return values;
    const copy = pool.allocate(values.length);
    copy.set(values);
    return copy;
  };
  const pointer = (values: Float32Array): number => adopt(values).byteOffset;

  type Pack = 'packColumns' | 'packTransposed';
  /** out += the product; `a` is stored by rows or by columns, `b` as `pack` reads it. */
  const product = (
    kernel: 'multiplyRows' | 'multiplyColumns',
    pack: Pack,
    a: Float32Array,
    b: Float32Array,
    [rows, inner, cols]: readonly [number, number, number],
  ): Float32Array => {
    const out = pool.allocate(rows * cols).fill(0);
    const packed = pool.allocate(inner * tilesOf(cols) * 8).byteOffset;
    const scratch = pool.allocate((SCRATCH / 4) * pool.threads).byteOffset;
    const alone = 2 * rows * inner * cols < ALONE;
    pool.run(pack, [pointer(b), packed, inner, cols], alone || inner * cols < ALONE / 4);
    const stride = kernel === 'multiplyRows' ? inner : rows;
    pool.run(kernel, [pointer(a), stride, packed, out.byteOffset, rows, inner, cols, scratch], alone);
    return out;
  };

  return {
    threads,
    adopt,
    multiply: (a, b, ...shape) => product('multiplyRows', 'packColumns', a, b, shape),
    multiplyTransposed: (a, b, ...shape) => product('multiplyRows', 'packTransposed', a, b, shape),
    transposedMultiply: (a, b, ...shape) => product('multiplyColumns', 'packColumns', a, b, shape),
    convolve: (x, kernel, ...shape) => convolve(pool, pointer(x), pointer(kernel), ...shape),
    convolveGradient: (x, dy, ...shape) => convolveGradient(pool, pointer(x), pointer(dy), ...shape),
    columnSums(a, rows, cols) {
      const out = pool.allocate(cols).fill(0);
      const part = pool.allocate(cols);
      const slice = sliceSize(rows);
      const from = pointer(a);
      for (let row = 0; row < rows; row += slice) {
        const count = Math.min(slice, rows - row);
        pool.run('columnSums', [from + row * cols * 4, part.byteOffset, count, cols], count * cols < ALONE);
        pool.run('addInto', [out.byteOffset, part.byteOffset, cols], true);
      }
      return out;
    },
    addBias(values, bias) {
      const inPlace = pool.owns(values) ? values : adopt(values);
      const rows = values.length / bias.length;
      pool.run('addBias', [inPlace.byteOffset, pointer(bias), rows, bias.length], values.length < ALONE);
      if (inPlace !== values) values.set(inPlace);
    },
    relu(x) {
      const out = pool.allocate(x.length);
      pool.run('relu', [pointer(x), out.byteOffset, x.length], x.length < ALONE);
      return out;
    },
    reluGradient(x, dy) {
      const out = pool.allocate(x.length);
      pool.run('reluGradient', [pointer(x), pointer(dy), out.byteOffset, x.length], x.length < ALONE);
      return out;
    },
    ensureFinite(values, where) {
      const at = pool.kernels.firstNonFinite(pointer(values), 0, values.length);
      if (at < values.length) throw new NonFiniteError(where, at, values[at] ?? 0);
    },
    reset: () => pool.reset(),
    close: () => pool.close(),
  };
}
