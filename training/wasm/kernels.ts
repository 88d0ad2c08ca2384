import { NonFiniteError } from '../canonical/finite.ts';
import type { Kernels, UpdateStep } from '../canonical/kernels.ts';
import type { LossValues } from '../canonical/losses.ts';
import { sliceSize } from '../canonical/matrix.ts';
import { HASH_BYTES } from '../merkle.ts';
import type { Optimizer } from '../operators/operator.ts';
import { squareSide } from '../order.ts';
import { convolve, convolveGradient } from './convolve.ts';
import { hashScratch, SCRATCH, tilesOf } from './jobs.ts';
import { KernelPool } from './pool.ts';
import { poolKernels } from './pools.ts';

/** Below so many operations a job is done before other threads have woken up. */
const ALONE = 200_000;

/** F's primitives in WebAssembly SIMD on several threads; the same bits as `canonicalKernels`. */
export interface WasmKernels extends Kernels {
  readonly threads: number;
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

  const bytePointer = (bytes: Uint8Array): number => {
    if (pool.owns(bytes)) return bytes.byteOffset;
    const room = pool.bytes(pool.allocate(Math.ceil(bytes.length / 4)).byteOffset, bytes.length);
    room.set(bytes);
    return room.byteOffset;
  };
  const rowWise = (job: 'subtractRow' | 'multiplyRow', x: Float32Array, row: Float32Array): Float32Array => {
    const out = pool.allocate(x.length);
    const rows = x.length / row.length;
    pool.run(job, [pointer(x), pointer(row), out.byteOffset, rows, row.length], x.length < ALONE);
    return out;
  };
  /** Where the state does not lie in the pool, neither does what is written: then it is copied back. */
  const update = (optimizer: Optimizer, step: UpdateStep): void => {
    const next = pool.owns(step.next) ? step.next : adopt(step.next);
    const { job, numbers } = updateJob(optimizer, step);
    const { weights } = step;
    const slot = optimizer.slots > 0 ? [weights * 4] : [];
    const args = [pointer(step.state), pointer(step.gradients), next.byteOffset, weights, ...slot, ...bitsOf(numbers)];
    pool.run(job, args, weights < ALONE);
    if (next !== step.next) step.next.set(next);
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
    add(a, b) {
      const out = pool.allocate(a.length);
      out.set(a);
      pool.run('addInto', [out.byteOffset, pointer(b), a.length], a.length < ALONE);
      return out;
    },
    ...poolKernels(pool, pointer),
    subtractRow: (x, row) => rowWise('subtractRow', x, row),
    multiplyRow: (x, row) => rowWise('multiplyRow', x, row),
    multiplyElements(a, b) {
      const out = pool.allocate(a.length);
      pool.run('multiplyElements', [pointer(a), pointer(b), out.byteOffset, a.length], a.length < ALONE);
      return out;
    },
    normGradient(dy, normal, { scale, beta, gamma }) {
      const out = pool.allocate(dy.length);
      const cols = scale.length;
      const operands = [dy, normal, scale, beta, gamma].map(pointer);
      pool.run('normGradient', [...operands, out.byteOffset, dy.length / cols, cols], dy.length < ALONE);
      return out;
    },
    softmax(logits, labels, classes, batch): LossValues {
      const [inner, gradient] = [pool.allocate(logits.length), pool.allocate(logits.length)];
      const terms = pool.allocate(labels.length);
      const operands = [pointer(logits), pointer(labels), ...[inner, gradient, terms].map(pointer)];
      pool.run('softmax', [...operands, labels.length, classes, batch], logits.length < ALONE / 50);
      return { gradient, inner, terms };
    },
    squaredErrors(outputs, labels, classes, batch) {
      const gradient = pool.allocate(outputs.length);
      const terms = pool.allocate(outputs.length);
      const operands = [pointer(outputs), pointer(labels), gradient.byteOffset, terms.byteOffset];
      const small = outputs.length < ALONE / 10;
      pool.run('squaredErrors', [...operands, labels.length, classes, batch * classes], small);
      return { gradient, inner: gradient, terms };
    },
    update,
    order([key0, key1], epoch, records, first, count) {
      const out = pool.allocate(count).byteOffset;
      pool.run('order', [out, count, first, records, squareSide(records), epoch, key0, key1], count < 1_000);
      return pool.integers(out, count);
    },
    hashAll(prefix, messages, length) {
      const count = Math.ceil(messages.length / length);
      const source = bytePointer(messages);
      const out = pool.allocate((count * HASH_BYTES) / 4).byteOffset;
      const hash = (from: number, to: number, size: number) => {
        if (from === to) return;
        const scratch = pool.allocate((hashScratch(size) / 4) * pool.threads).byteOffset;
        const args = [prefix, source + from * length, size, out + from * HASH_BYTES, to - from, scratch];
        pool.run('hashMessages', args, (to - from) * (size + 64) < ALONE);
      };
      const whole = Math.floor(messages.length / length);
      hash(0, whole, length);
      hash(whole, count, messages.length - whole * length);
      return pool.bytes(out, count * HASH_BYTES);
    },
    room: (length) => pool.allocate(length),
    reset: () => pool.reset(),
    close: () => pool.close(),
  };
}

/** The job that is an optimizer, and its float32 numbers. */
function updateJob(
  { formula }: Optimizer,
  { rate, scalars }: UpdateStep,
): { job: 'updateSgd' | 'updateMomentum' | 'updateAdam'; numbers: readonly number[] } {
  switch (formula.kind) {
    case 'sgd':
      return { job: 'updateSgd', numbers: [rate] };
    case 'momentum':
      return { job: 'updateMomentum', numbers: [rate, formula.decay] };
    case 'adam': {
      const { beta1, beta2, epsilon, decay } = formula;
      const [power1 = 0, power2 = 0] = scalars;
      return {
        job: 'updateAdam',
        numbers: [rate, beta1, beta2, 1 - beta1, 1 - beta2, 1 - power1, 1 - power2, epsilon, decay],
      };
    }
  }
}

/** Float32 numbers as the integers that travel to the threads. */
function bitsOf(numbers: readonly number[]): Int32Array {
  return new Int32Array(Float32Array.from(numbers).buffer);
}
