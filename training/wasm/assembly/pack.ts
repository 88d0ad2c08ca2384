/** Layouts that the register tile reads. Panels: for each block of 256 k, for each 8 columns, 8 floats a k (zeros beyond). */

export const CHAIN: i32 = 256;

/** Bytes from the start of the packed matrix to the panel of block `block` and columns from 8 x `tile` on. */
export function panelAt(block: i32, tile: i32, inner: i32, tiles: i32): usize {
  const k = min(CHAIN, inner - block * CHAIN);
  return ((<usize>block * CHAIN * tiles + <usize>tile * k) as usize) << 5;
}

/** Packs columns [8 x from, 8 x to) of b (inner x cols, row-major). */
export function packColumns(b: usize, out: usize, inner: i32, cols: i32, from: i32, to: i32): void {
  const tiles = (cols + 7) >> 3;
  for (let block = 0; block * CHAIN < inner; block += 1) {
    const k = min(CHAIN, inner - block * CHAIN);
    for (let tile = from; tile < to; tile += 1) {
      const width = min(8, cols - (tile << 3));
      let target = out + panelAt(block, tile, inner, tiles);
      let source = b + ((<usize>(block * CHAIN) * cols + (tile << 3)) << 2);
      for (let i = 0; i < k; i += 1) {
        if (width === 8) {
          v128.store(target, v128.load(source));
          v128.store(target, v128.load(source, 16), 16);
        } else {
          for (let j = 0; j < 8; j += 1) {
            const value: f32 = j < width ? load<f32>(source + ((<usize>j) << 2)) : 0;
            store<f32>(target + ((<usize>j) << 2), value);
          }
        }
        target += 32;
        source += (<usize>cols) << 2;
      }
    }
  }
}

/** As `packColumns`, of the transpose of b (cols x inner, row-major). */
export function packTransposed(b: usize, out: usize, inner: i32, cols: i32, from: i32, to: i32): void {
  const tiles = (cols + 7) >> 3;
  const stride = (<usize>inner) << 2;
  for (let block = 0; block * CHAIN < inner; block += 1) {
    const k = min(CHAIN, inner - block * CHAIN);
    for (let tile = from; tile < to; tile += 1) {
      const width = min(8, cols - (tile << 3));
      const target = out + panelAt(block, tile, inner, tiles);
      const source = b + (<usize>(tile << 3) * inner + block * CHAIN) * 4;
      let i = 0;
      if (width === 8) {
        for (; i + 4 <= k; i += 4) {
          const s = source + ((<usize>i) << 2);
          const t = target + ((<usize>i) << 5);
          transpose4(s, stride, t, 32);
          transpose4(s + 4 * stride, stride, t + 16, 32);
        }
      }
      for (; i < k; i += 1) {
        for (let j = 0; j < 8; j += 1) {
          const value: f32 = j < width ? load<f32>(source + j * stride + ((<usize>i) << 2)) : 0;
          store<f32>(target + ((<usize>i) << 5) + ((<usize>j) << 2), value);
        }
      }
    }
  }
}

/** A 4 x 4 block from rows `stride` bytes apart to rows `step` bytes apart. */
export function transpose4(source: usize, stride: usize, target: usize, step: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + stride);
  const c = v128.load(source + 2 * stride);
  const d = v128.load(source + 3 * stride);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(target + step, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
  v128.store(target + 2 * step, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
  v128.store(target + 3 * step, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
}

/**
 * Packs `k` rows of x from column `from` on, for up to 32 columns: 4 floats a k in each of 8 strips of 256 k. Columns
 * from `cols` on are zeros.
 */
export function packStrips(x: usize, stride: usize, out: usize, k: i32, from: i32, cols: i32): void {
  const strips = min(8, (cols - from + 3) >> 2);
  for (let strip = 0; strip < strips; strip += 1) {
    const first = from + (strip << 2);
    let source = x + ((<usize>first) << 2);
    let target = out + ((<usize>strip) << 12);
    const width = min(4, cols - first);
    for (let i = 0; i < k; i += 1) {
      if (width === 4) v128.store(target, v128.load(source));
      else {
        for (let j = 0; j < 4; j += 1) {
          const value: f32 = j < width ? load<f32>(source + ((<usize>j) << 2)) : 0;
          store<f32>(target + ((<usize>j) << 2), value);
        }
      }
      target += 16;
      source += stride;
    }
  }
}
