import { CHAIN, packStrips, panelAt } from './pack';
import { edgeTile, tile } from './tile';

/**
 * Rows [row, rowEnd) and columns [8 x from, 8 x to) of c += a b, block by block of 256 k: a is row-major, `aStride`
 * floats a row; b is packed. c has `cols` floats a row.
 */
export function multiplyRows(
  a: usize,
  aStride: i32,
  b: usize,
  c: usize,
  row: i32,
  rowEnd: i32,
  inner: i32,
  cols: i32,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const tiles = (cols + 7) >> 3;
  const rowBytes = (<usize>aStride) << 2;
  const stride = (<usize>cols) << 2;
  // 32 rows at a time, so that a panel is read from the nearest cache.
  for (let first = row; first < rowEnd; first += 32) {
    const end = min(rowEnd, first + 32);
    for (let block = 0; block * CHAIN < inner; block += 1) {
      const k = min(CHAIN, inner - block * CHAIN);
      for (let t = from; t < to; t += 1) {
        const panel = b + panelAt(block, t, inner, tiles);
        const width = min(8, cols - (t << 3));
        for (let r = first; r < end; r += 4) {
          const x = a + r * rowBytes + ((<usize>block * CHAIN) << 2);
          const out = c + r * stride + ((<usize>t) << 5);
          const height = min(4, end - r);
          if (height === 4 && width === 8) tile(x, rowBytes, 2 * rowBytes, 3 * rowBytes, 4, panel, k, out, stride);
          else edgeTile(x, rowBytes, 4, panel, k, out, stride, height, width, scratch);
        }
      }
    }
  }
}

/**
 * Rows [row, rowEnd) and columns [8 x from, 8 x to) of c += the transpose of a, times b: a is inner x rows, row-major;
 * b is packed; `scratch` has room for 128 bytes and 8 strips of 4 KiB.
 */
export function multiplyColumns(
  a: usize,
  rows: i32,
  b: usize,
  c: usize,
  row: i32,
  rowEnd: i32,
  inner: i32,
  cols: i32,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const tiles = (cols + 7) >> 3;
  const stride = (<usize>cols) << 2;
  const strips = scratch + 128;
  for (let block = 0; block * CHAIN < inner; block += 1) {
    const k = min(CHAIN, inner - block * CHAIN);
    for (let first = row; first < rowEnd; first += 32) {
      const end = min(rowEnd, first + 32);
      packStrips(a + ((<usize>block * CHAIN * rows) << 2), (<usize>rows) << 2, strips, k, first, end);
      for (let t = from; t < to; t += 1) {
        const panel = b + panelAt(block, t, inner, tiles);
        const width = min(8, cols - (t << 3));
        for (let r = first; r < end; r += 4) {
          const x = strips + ((<usize>(r - first)) << 10);
          const out = c + r * stride + ((<usize>t) << 5);
          const height = min(4, end - r);
          if (height === 4 && width === 8) tile(x, 4, 8, 12, 16, panel, k, out, stride);
          else edgeTile(x, 4, 16, panel, k, out, stride, height, width, scratch);
        }
      }
    }
  }
}
