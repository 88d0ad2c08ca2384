/**
 * The register tile: 4 rows by 8 columns of one chain of at most 256 terms. Each of the 32 sums runs over k in order from
 * +0; product and sum are rounded apart (f32x4.mul, f32x4.add: no fused or relaxed instruction anywhere), so that every
 * lane has the bits of `canonical/matrix.ts`.
 *
 * @param a first row; the others are `r1` to `r3` bytes on; consecutive k are `step` bytes apart
 * @param b packed panel: 8 floats a k
 * @param c where the sums are added, `stride` bytes a row
 */
export function tile(
  a: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  step: usize,
  b: usize,
  k: i32,
  c: usize,
  stride: usize,
): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  const end = b + ((<usize>k) << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a + r1);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a + r2);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a + r3);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    a += step;
    b += 32;
  }
  addTo(c, s00, s01);
  addTo(c + stride, s10, s11);
  addTo(c + 2 * stride, s20, s21);
  addTo(c + 3 * stride, s30, s31);
}

function addTo(c: usize, low: v128, high: v128): void {
  v128.store(c, f32x4.add(v128.load(c), low));
  v128.store(c, f32x4.add(v128.load(c, 16), high), 16);
}

/** As `tile`, for a tile of `rows` x `cols` that ends at the matrix' border: `edge` is room for 4 x 8 floats. */
export function edgeTile(
  a: usize,
  r1: usize,
  step: usize,
  b: usize,
  k: i32,
  c: usize,
  stride: usize,
  rows: i32,
  cols: i32,
  edge: usize,
): void {
  memory.fill(edge, 0, 128);
  // Rows beyond the border repeat the last one; their sums are thrown away.
  const last = rows - 1;
  tile(a, r1 * min(1, last), r1 * min(2, last), r1 * min(3, last), step, b, k, edge, 32);
  for (let row = 0; row < rows; row += 1) {
    for (let col = 0; col < cols; col += 1) {
      const at = c + row * stride + ((<usize>col) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(edge + ((<usize>row) << 5) + ((<usize>col) << 2)));
    }
  }
}
