import { exp32 } from './math.ts';
import { CHAIN, multiply, transpose } from './matrix.ts';

/** Sums, softmax and small products row by row, in the one order of F. */

/** The terms added in order from +0 in blocks of 256, the blocks' sums likewise, and so on. */
export function sumOf(terms: Float32Array): number {
  if (terms.length > CHAIN) {
    const blocks = new Float32Array(Math.ceil(terms.length / CHAIN));
    for (let i = 0; i < blocks.length; i += 1) blocks[i] = sumOf(terms.subarray(i * CHAIN, (i + 1) * CHAIN));
    return sumOf(blocks);
  }
  let sum = 0;
  for (let i = 0; i < terms.length; i += 1) sum = Math.fround(sum + (terms[i] ?? 0));
  return sum;
}

/** Sum of each row of a (rows x cols). */
export function rowSums(a: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) out[row] = sumOf(a.subarray(row * cols, (row + 1) * cols));
  return out;
}

/** Each value less its row's first largest one. */
export function shiftedRows(a: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(a.length);
  for (let row = 0; row < rows; row += 1) {
    const start = row * cols;
    let largest = a[start] ?? 0;
    for (let i = start; i < start + cols; i += 1) if ((a[i] ?? 0) > largest) largest = a[i] ?? 0;
    for (let i = start; i < start + cols; i += 1) out[i] = (a[i] ?? 0) - largest;
  }
  return out;
}

/** e^x of each value divided by its row's sum of them, for rows from `shiftedRows`. */
export function softmaxRows(shifted: Float32Array, rows: number, cols: number): Float32Array {
  const powers = shifted.map(exp32);
  const sums = rowSums(powers, rows, cols);
  return powers.map((power, i) => power / (sums[Math.floor(i / cols)] ?? 1));
}

/** Sizes of one pair: a matrix of rows x inner by one of inner x cols. */
export interface GroupShape {
  readonly groups: number;
  readonly rows: number;
  readonly inner: number;
  readonly cols: number;
}

/** Which operand is stored transposed. */
export type Turned = 'none' | 'left' | 'right';

/** The products of `groups` pairs of matrices that stand one below the other. */
export function groupedMultiply(a: Float32Array, b: Float32Array, shape: GroupShape, turned: Turned): Float32Array {
  const { groups, rows, inner, cols } = shape;
  const out = new Float32Array(groups * rows * cols);
  for (let group = 0; group < groups; group += 1) {
    const left = a.subarray(group * rows * inner, (group + 1) * rows * inner);
    const right = b.subarray(group * inner * cols, (group + 1) * inner * cols);
    const x = turned === 'left' ? transpose(left, inner, rows) : left;
    const w = turned === 'right' ? transpose(right, cols, inner) : right;
    out.set(multiply(x, w, rows, inner, cols), group * rows * cols);
  }
  return out;
}

/**
 * The sum of the rows of dy (positions x cols) that have each id, an id a position: the transpose of the onehot matrix
 * times dy, without its terms of 0. Ids that are no row of the result have none.
 */
export function scatterRows(dy: Float32Array, ids: Float32Array, rows: number, cols: number): Float32Array {
  const sum = (from: number, to: number, size: number): Float32Array => {
    const out = new Float32Array(rows * cols);
    for (let start = from; start < to; start += size) {
      const end = Math.min(to, start + size);
      if (size > CHAIN) {
        const part = sum(start, end, size / CHAIN);
        for (let i = 0; i < out.length; i += 1) out[i] = (out[i] ?? 0) + (part[i] ?? 0);
        continue;
      }
      addBlock(out, dy, ids, start, end, cols);
    }
    return out;
  };
  let size = CHAIN;
  while (size * CHAIN < ids.length) size *= CHAIN;
  return sum(0, ids.length, size);
}

/** Adds the sums of one block of at most 256 positions, each row's from +0. */
function addBlock(out: Float32Array, dy: Float32Array, ids: Float32Array, from: number, to: number, cols: number) {
  const chains = new Map<number, Float32Array>();
  for (let position = from; position < to; position += 1) {
    const id = ids[position] ?? -1;
    if (!Number.isInteger(id) || id < 0 || id * cols >= out.length) continue;
    const chain = chains.get(id) ?? new Float32Array(cols);
    for (let j = 0; j < cols; j += 1) chain[j] = (chain[j] ?? 0) + (dy[position * cols + j] ?? 0);
    chains.set(id, chain);
  }
  for (const [id, chain] of chains) {
    for (let j = 0; j < cols; j += 1) out[id * cols + j] = (out[id * cols + j] ?? 0) + (chain[j] ?? 0);
  }
}
