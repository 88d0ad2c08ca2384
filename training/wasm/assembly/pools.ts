/** Pools over whole windows of NHWC pictures; see `operators/pool2d.ts`. Taps run by (y, x). */

/**
 * The largest value of each window for rows [from, to) of all output rows (records x outHeight), and in `chosen` the tap
 * of the first of equal ones, as int32.
 */
export function maxPool(
  x: usize,
  out: usize,
  chosen: usize,
  from: i32,
  to: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  size: i32,
  step: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const line = width * pixel;
  for (let row = from; row < to; row += 1) {
    const record = row / outHeight;
    const top = x + (record * height + (row - record * outHeight) * step) * line;
    for (let column = 0; column < outWidth; column += 1) {
      const window = top + column * step * pixel;
      const at = (<usize>row * outWidth + column) * pixel;
      let c = 0;
      for (; c + 4 <= channels; c += 4) {
        const o = (<usize>c) << 2;
        let best = v128.load(window + o);
        let where = i32x4.splat(0);
        for (let ky = 0, tap = 0; ky < size; ky += 1) {
          for (let kx = 0; kx < size; kx += 1, tap += 1) {
            const value = v128.load(window + ky * line + kx * pixel + o);
            const larger = f32x4.gt(value, best);
            best = v128.bitselect(value, best, larger);
            where = v128.bitselect(i32x4.splat(tap), where, larger);
          }
        }
        v128.store(out + at + o, best);
        v128.store(chosen + at + o, where);
      }
      for (; c < channels; c += 1) {
        const o = (<usize>c) << 2;
        let best = load<f32>(window + o);
        let where = 0;
        for (let ky = 0, tap = 0; ky < size; ky += 1) {
          for (let kx = 0; kx < size; kx += 1, tap += 1) {
            const value = load<f32>(window + ky * line + kx * pixel + o);
            if (value > best) {
              best = value;
              where = tap;
            }
          }
        }
        store<f32>(out + at + o, best);
        store<i32>(chosen + at + o, where);
      }
    }
  }
}

/** The mean of each window: its sum from +0 in the order of taps, divided by their number. Rows as for `maxPool`. */
export function avgPool(
  x: usize,
  out: usize,
  from: i32,
  to: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  size: i32,
  step: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const line = width * pixel;
  const taps: f32 = <f32>(size * size);
  for (let row = from; row < to; row += 1) {
    const record = row / outHeight;
    const top = x + (record * height + (row - record * outHeight) * step) * line;
    for (let column = 0; column < outWidth; column += 1) {
      const window = top + column * step * pixel;
      const at = out + (<usize>row * outWidth + column) * pixel;
      let c = 0;
      for (; c + 4 <= channels; c += 4) {
        const o = (<usize>c) << 2;
        let sum = f32x4.splat(0);
        for (let ky = 0; ky < size; ky += 1) {
          for (let kx = 0; kx < size; kx += 1) sum = f32x4.add(sum, v128.load(window + ky * line + kx * pixel + o));
        }
        v128.store(at + o, f32x4.div(sum, f32x4.splat(taps)));
      }
      for (; c < channels; c += 1) {
        const o = (<usize>c) << 2;
        let sum: f32 = 0;
        for (let ky = 0; ky < size; ky += 1) {
          for (let kx = 0; kx < size; kx += 1) sum += load<f32>(window + ky * line + kx * pixel + o);
        }
        store<f32>(at + o, sum / taps);
      }
    }
  }
}

/**
 * What input rows [from, to) of all (records x height) get back: the sum, by taps, over the windows that have a value
 * there. `chosen` as `maxPool` left it: a window passes to that tap only; 0: it passes to all, and the sum is divided.
 */
export function poolGradient(
  dy: usize,
  chosen: usize,
  out: usize,
  from: i32,
  to: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  size: i32,
  step: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const taps: f32 = <f32>(size * size);
  for (let row = from; row < to; row += 1) {
    const record = row / height;
    const y = row - record * height;
    for (let x = 0; x < width; x += 1) {
      const at = out + (<usize>row * width + x) * pixel;
      memory.fill(at, 0, pixel);
      for (let ky = 0; ky < size; ky += 1) {
        const oy = (y - ky) / step;
        if (y < ky || oy * step !== y - ky || oy >= outHeight) continue;
        for (let kx = 0; kx < size; kx += 1) {
          const ox = (x - kx) / step;
          if (x < kx || ox * step !== x - kx || ox >= outWidth) continue;
          const window = (<usize>(record * outHeight + oy) * outWidth + ox) * pixel;
          if (chosen === 0) addAll(at, dy + window, channels);
          else addChosen(at, dy + window, chosen + window, channels, ky * size + kx);
        }
      }
      if (chosen === 0) divideAll(at, channels, taps);
    }
  }
}

function addAll(sum: usize, x: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(sum + o, f32x4.add(v128.load(sum + o), v128.load(x + o)));
  }
  for (; i < count; i += 1) {
    const o = (<usize>i) << 2;
    store<f32>(sum + o, load<f32>(sum + o) + load<f32>(x + o));
  }
}

/** Values of other taps count as +0. */
function addChosen(sum: usize, x: usize, chosen: usize, count: i32, tap: i32): void {
  const taps = i32x4.splat(tap);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const o = (<usize>i) << 2;
    const passed = v128.and(v128.load(x + o), i32x4.eq(v128.load(chosen + o), taps));
    v128.store(sum + o, f32x4.add(v128.load(sum + o), passed));
  }
  for (; i < count; i += 1) {
    const o = (<usize>i) << 2;
    if (load<i32>(chosen + o) === tap) store<f32>(sum + o, load<f32>(sum + o) + load<f32>(x + o));
  }
}

function divideAll(x: usize, count: i32, by: f32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(x + o, f32x4.div(v128.load(x + o), f32x4.splat(by)));
  }
  for (; i < count; i += 1) {
    const o = (<usize>i) << 2;
    store<f32>(x + o, load<f32>(x + o) / by);
  }
}
