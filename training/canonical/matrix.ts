/**
 * The products and sums of F. A sum over k runs in order within blocks of 256 terms, from +0; the blocks' sums are then
 * added in order, from +0. Every product and every sum is rounded to float32. The loops keep that order for each element
 * and let j, the column, run innermost, which is what makes them fast.
 */

/** Terms of one multiply-add or reduce chain: what one leaf of a dispute covers, and one chunk of 1 KiB holds. */
export const CHAIN = 256;

/**
 * x (rows x inner) times w (inner x cols), row-major.
 *
 * Terms with x = 0 are left out: with finite w they add +-0 to a sum that is never -0, which changes no bit.
 */
export function multiply(x: Float32Array, w: Float32Array, rows: number, inner: number, cols: number): Float32Array {
  const out = new Float32Array(rows * cols);
  const chain = new Float32Array(cols);
  for (let row = 0; row < rows; row += 1) {
    const outRow = out.subarray(row * cols, (row + 1) * cols);
    for (let block = 0; block < inner; block += CHAIN) {
      chain.fill(0);
      const end = Math.min(inner, block + CHAIN);
      for (let k = block; k < end; k += 1) {
        const a = x[row * inner + k] ?? 0;
        if (a !== 0) accumulate(chain, w, k * cols, a, cols);
      }
      for (let j = 0; j < cols; j += 1) outRow[j] = (outRow[j] ?? 0) + (chain[j] ?? 0);
    }
  }
  return out;
}

/** sum += a * w[offset ...], each product and sum rounded (a store into a Float32Array rounds). */
function accumulate(sum: Float32Array, w: Float32Array, offset: number, a: number, cols: number): void {
  for (let j = 0; j < cols; j += 1) sum[j] = (sum[j] ?? 0) + Math.fround(a * (w[offset + j] ?? 0));
}

/** Terms of one slice of a long sum: all of them, or the largest `most` x 256^i below; there are at most 256 slices then. */
export function sliceSize(terms: number, most = CHAIN * CHAIN): number {
  let size = most;
  while (size * CHAIN < terms) size *= CHAIN;
  return terms <= most ? terms : size;
}

/** The transpose of a (rows x cols). */
export function transpose(a: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(a.length);
  for (let row = 0; row < rows; row += 1) {
    for (let col = 0; col < cols; col += 1) out[col * rows + row] = a[row * cols + col] ?? 0;
  }
  return out;
}

/** Sum of each column of a (rows x cols), over the rows in order, in blocks of 256. */
export function columnSums(a: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(cols);
  const slice = sliceSize(rows);
  if (slice < rows) {
    for (let from = 0; from < rows; from += slice) {
      const to = Math.min(rows, from + slice);
      const sums = columnSums(a.subarray(from * cols, to * cols), to - from, cols);
      for (let j = 0; j < cols; j += 1) out[j] = (out[j] ?? 0) + (sums[j] ?? 0);
    }
    return out;
  }
  const chain = new Float32Array(cols);
  for (let block = 0; block < rows; block += CHAIN) {
    chain.fill(0);
    const end = Math.min(rows, block + CHAIN);
    for (let row = block; row < end; row += 1) {
      for (let j = 0; j < cols; j += 1) chain[j] = (chain[j] ?? 0) + (a[row * cols + j] ?? 0);
    }
    for (let j = 0; j < cols; j += 1) out[j] = (out[j] ?? 0) + (chain[j] ?? 0);
  }
  return out;
}
