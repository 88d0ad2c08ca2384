/** The optimizers of the opset over weights [from, to); each operation is rounded as `operators/` writes it down. */

/** next = w - (rate x g). */
export function updateSgd(w: usize, g: usize, next: usize, from: i32, to: i32, rate: f32): void {
  const rates = f32x4.splat(rate);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(next + o, f32x4.sub(v128.load(w + o), f32x4.mul(rates, v128.load(g + o))));
  }
  for (; i < to; i += 1) {
    const o = (<usize>i) << 2;
    store<f32>(next + o, load<f32>(w + o) - rate * load<f32>(g + o));
  }
}

/** The slot lies `slot` bytes after the weight, before and after: v' = (decay x v) + g; next = w - (rate x v'). */
export function updateMomentum(
  w: usize,
  g: usize,
  next: usize,
  from: i32,
  to: i32,
  slot: usize,
  rate: f32,
  decay: f32,
): void {
  const rates = f32x4.splat(rate);
  const decays = f32x4.splat(decay);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const o = (<usize>i) << 2;
    const moved = f32x4.add(f32x4.mul(decays, v128.load(w + slot + o)), v128.load(g + o));
    v128.store(next + slot + o, moved);
    v128.store(next + o, f32x4.sub(v128.load(w + o), f32x4.mul(rates, moved)));
  }
  for (; i < to; i += 1) {
    const o = (<usize>i) << 2;
    const moved = decay * load<f32>(w + slot + o) + load<f32>(g + o);
    store<f32>(next + slot + o, moved);
    store<f32>(next + o, load<f32>(w + o) - rate * moved);
  }
}

/**
 * Adam and AdamW: m and v lie `slot` and 2 x `slot` bytes after the weight; `rest` is 1 - beta, `power` 1 - beta^t after
 * the step. Without weight decay (0) nothing is added to the quotient.
 */
export function updateAdam(
  w: usize,
  g: usize,
  next: usize,
  from: i32,
  to: i32,
  slot: usize,
  rate: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  power1: f32,
  power2: f32,
  epsilon: f32,
  decay: f32,
): void {
  const decays = f32x4.splat(decay);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const o = (<usize>i) << 2;
    const gradient = v128.load(g + o);
    const weight = v128.load(w + o);
    const first = f32x4.add(
      f32x4.mul(f32x4.splat(beta1), v128.load(w + slot + o)),
      f32x4.mul(f32x4.splat(rest1), gradient),
    );
    const second = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), v128.load(w + 2 * slot + o)),
      f32x4.mul(f32x4.splat(rest2), f32x4.mul(gradient, gradient)),
    );
    const root = f32x4.sqrt(f32x4.div(second, f32x4.splat(power2)));
    const direction = f32x4.div(f32x4.div(first, f32x4.splat(power1)), f32x4.add(root, f32x4.splat(epsilon)));
    const step = decay === 0 ? direction : f32x4.add(direction, f32x4.mul(decays, weight));
    v128.store(next + o, f32x4.sub(weight, f32x4.mul(f32x4.splat(rate), step)));
    v128.store(next + slot + o, first);
    v128.store(next + 2 * slot + o, second);
  }
  for (; i < to; i += 1) {
    const o = (<usize>i) << 2;
    const gradient = load<f32>(g + o);
    const weight = load<f32>(w + o);
    const first = beta1 * load<f32>(w + slot + o) + rest1 * gradient;
    const second = beta2 * load<f32>(w + 2 * slot + o) + rest2 * (gradient * gradient);
    const root: f32 = sqrt<f32>(second / power2);
    const direction = first / power1 / (root + epsilon);
    const step = decay === 0 ? direction : direction + decay * weight;
    store<f32>(next + o, weight - rate * step);
    store<f32>(next + slot + o, first);
    store<f32>(next + 2 * slot + o, second);
  }
}
