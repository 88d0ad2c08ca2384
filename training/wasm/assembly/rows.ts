/** Rows of `cols` values against one row, as normalisations need them; rows [from, to). */

/** out[r][c] = x[r][c] - row[c]. */
export function subtractRow(x: usize, row: usize, out: usize, from: i32, to: i32, cols: i32): void {
  for (let r = from; r < to; r += 1) {
    const at = (<usize>r * cols) << 2;
    let c = 0;
    for (; c + 4 <= cols; c += 4) {
      const o = (<usize>c) << 2;
      v128.store(out + at + o, f32x4.sub(v128.load(x + at + o), v128.load(row + o)));
    }
    for (; c < cols; c += 1) {
      const o = (<usize>c) << 2;
      store<f32>(out + at + o, load<f32>(x + at + o) - load<f32>(row + o));
    }
  }
}

/** out[r][c] = x[r][c] * row[c]. */
export function multiplyRow(x: usize, row: usize, out: usize, from: i32, to: i32, cols: i32): void {
  for (let r = from; r < to; r += 1) {
    const at = (<usize>r * cols) << 2;
    let c = 0;
    for (; c + 4 <= cols; c += 4) {
      const o = (<usize>c) << 2;
      v128.store(out + at + o, f32x4.mul(v128.load(x + at + o), v128.load(row + o)));
    }
    for (; c < cols; c += 1) {
      const o = (<usize>c) << 2;
      store<f32>(out + at + o, load<f32>(x + at + o) * load<f32>(row + o));
    }
  }
}

/** out[i] = a[i] * b[i] for i in [from, to). */
export function multiplyElements(a: usize, b: usize, out: usize, from: i32, to: i32): void {
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(out + o, f32x4.mul(v128.load(a + o), v128.load(b + o)));
  }
  for (; i < to; i += 1) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, load<f32>(a + o) * load<f32>(b + o));
  }
}

/** out[r][c] = scale[c] * ((dy[r][c] - beta[c]) - normal[r][c] * gamma[c]). */
export function normGradient(
  dy: usize,
  normal: usize,
  scale: usize,
  beta: usize,
  gamma: usize,
  out: usize,
  from: i32,
  to: i32,
  cols: i32,
): void {
  for (let r = from; r < to; r += 1) {
    const at = (<usize>r * cols) << 2;
    let c = 0;
    for (; c + 4 <= cols; c += 4) {
      const o = (<usize>c) << 2;
      const moved = f32x4.sub(v128.load(dy + at + o), v128.load(beta + o));
      const share = f32x4.mul(v128.load(normal + at + o), v128.load(gamma + o));
      v128.store(out + at + o, f32x4.mul(v128.load(scale + o), f32x4.sub(moved, share)));
    }
    for (; c < cols; c += 1) {
      const o = (<usize>c) << 2;
      const moved = load<f32>(dy + at + o) - load<f32>(beta + o);
      const share = load<f32>(normal + at + o) * load<f32>(gamma + o);
      store<f32>(out + at + o, load<f32>(scale + o) * (moved - share));
    }
  }
}
