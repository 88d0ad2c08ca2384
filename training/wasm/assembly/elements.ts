/** What works element by element. `length` counts floats; every array starts at a multiple of 16 bytes. */

/** Index of the first value that is NaN or infinite in [from, to), else `to`. */
export function firstNonFinite(x: usize, from: i32, to: i32): i32 {
  const exponent = i32x4.splat(0x7f800000);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const bits = v128.and(v128.load(x + ((<usize>i) << 2)), exponent);
    if (v128.any_true(i32x4.eq(bits, exponent))) break;
  }
  for (; i < to; i += 1) {
    if ((load<i32>(x + ((<usize>i) << 2)) & 0x7f800000) === 0x7f800000) return i;
  }
  return to;
}

/** out[row][col] += bias[col] for rows [from, to). */
export function addBias(out: usize, bias: usize, from: i32, to: i32, cols: i32): void {
  for (let row = from; row < to; row += 1) {
    const at = out + ((<usize>row * cols) << 2);
    let col = 0;
    for (; col + 4 <= cols; col += 4) {
      const o = (<usize>col) << 2;
      v128.store(at + o, f32x4.add(v128.load(at + o), v128.load(bias + o)));
    }
    for (; col < cols; col += 1) {
      const o = (<usize>col) << 2;
      store<f32>(at + o, load<f32>(at + o) + load<f32>(bias + o));
    }
  }
}

/** out = x > 0 ? x : +0 over [from, to). */
export function relu(x: usize, out: usize, from: i32, to: i32): void {
  reluGradient(x, x, out, from, to);
}

/** out = x > 0 ? dy : +0 over [from, to). */
export function reluGradient(x: usize, dy: usize, out: usize, from: i32, to: i32): void {
  const zero = f32x4.splat(0);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(out + o, v128.and(v128.load(dy + o), f32x4.gt(v128.load(x + o), zero)));
  }
  for (; i < to; i += 1) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, load<f32>(x + o) > 0 ? load<f32>(dy + o) : 0);
  }
}

/** out[col] = sum over rows of a (rows x cols) for columns [from, to), in order in blocks of 256 rows. */
export function columnSums(a: usize, out: usize, rows: i32, cols: i32, from: i32, to: i32): void {
  const stride = (<usize>cols) << 2;
  let col = from;
  for (; col + 4 <= to; col += 4) {
    let sum = f32x4.splat(0);
    for (let block = 0; block < rows; block += 256) {
      let chain = f32x4.splat(0);
      let at = a + block * stride + ((<usize>col) << 2);
      for (const end = at + min(256, rows - block) * stride; at < end; at += stride) {
        chain = f32x4.add(chain, v128.load(at));
      }
      sum = f32x4.add(sum, chain);
    }
    v128.store(out + ((<usize>col) << 2), sum);
  }
  for (; col < to; col += 1) {
    let sum: f32 = 0;
    for (let block = 0; block < rows; block += 256) {
      let chain: f32 = 0;
      let at = a + block * stride + ((<usize>col) << 2);
      for (const end = at + min(256, rows - block) * stride; at < end; at += stride) chain += load<f32>(at);
      sum += chain;
    }
    store<f32>(out + ((<usize>col) << 2), sum);
  }
}

/** out += x over [from, to). */
export function addInto(out: usize, x: usize, from: i32, to: i32): void {
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(out + o, f32x4.add(v128.load(out + o), v128.load(x + o)));
  }
  for (; i < to; i += 1) {
    const o = (<usize>i) << 2;
    store<f32>(out + o, load<f32>(out + o) + load<f32>(x + o));
  }
}
