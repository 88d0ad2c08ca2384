/** The losses of the opset; `canonical/math.ts` says where the constants of exp and log come from. */

const LOG2_E: f32 = <f32>Math.LOG2E;
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = <f32>(Math.LN2 - 0.693359375);
const SQRT_2: f32 = <f32>Math.SQRT2;

/**
 * Rows [from, to) of the softmax cross-entropy: shifted logits, for the check that they are finite, the gradient
 * (softmax - onehot) / batch, and each record's loss.
 */
export function softmax(
  logits: usize,
  labels: usize,
  shifted: usize,
  gradient: usize,
  losses: usize,
  from: i32,
  to: i32,
  classes: i32,
  batch: i32,
): void {
  for (let row = from; row < to; row += 1) {
    const at = (<usize>row * classes) << 2;
    let largest = load<f32>(logits + at);
    for (let c = 1; c < classes; c += 1) {
      const value = load<f32>(logits + at + ((<usize>c) << 2));
      if (value > largest) largest = value;
    }
    let sum: f32 = 0;
    for (let block = 0; block < classes; block += 256) {
      let chain: f32 = 0;
      for (let c = block, end = min(classes, block + 256); c < end; c += 1) {
        const o = at + ((<usize>c) << 2);
        const moved = load<f32>(logits + o) - largest;
        const power = exp32(moved);
        store<f32>(shifted + o, moved);
        store<f32>(gradient + o, power);
        chain += power;
      }
      sum += chain;
    }
    const label = <i32>load<f32>(labels + ((<usize>row) << 2));
    for (let c = 0; c < classes; c += 1) {
      const o = at + ((<usize>c) << 2);
      const probability = load<f32>(gradient + o) / sum;
      store<f32>(gradient + o, (probability - <f32>(c === label ? 1 : 0)) / <f32>batch);
    }
    store<f32>(losses + ((<usize>row) << 2), log32(sum) - load<f32>(shifted + at + ((<usize>label) << 2)));
  }
}

/** Rows [from, to) of the squared errors and of their gradient 2 (y - onehot) / (batch x classes). */
export function squaredErrors(
  outputs: usize,
  labels: usize,
  gradient: usize,
  squares: usize,
  from: i32,
  to: i32,
  classes: i32,
  count: i32,
): void {
  for (let row = from; row < to; row += 1) {
    const label = load<f32>(labels + ((<usize>row) << 2));
    for (let c = 0; c < classes; c += 1) {
      const o = (<usize>(row * classes + c)) << 2;
      const d = load<f32>(outputs + o) - <f32>(label === <f32>c ? 1 : 0);
      store<f32>(gradient + o, (2 * d) / <f32>count);
      store<f32>(squares + o, d * d);
    }
  }
}

function exp32(x: f32): f32 {
  // NaN too: the check of the shifted logits finds it.
  if (!(x >= -104)) return 0;
  if (x > 89) return f32.MAX_VALUE * 2;
  const n = floor<f32>(x * LOG2_E + 0.5);
  const r: f32 = x - n * LN2_HIGH - n * LN2_LOW;
  let sum: f32 = <f32>(1.0 / 5040);
  sum = sum * r + <f32>(1.0 / 720);
  sum = sum * r + <f32>(1.0 / 120);
  sum = sum * r + <f32>(1.0 / 24);
  sum = sum * r + <f32>(1.0 / 6);
  sum = sum * r + 0.5;
  sum = sum * r + 1;
  sum = sum * r + 1;
  const power = reinterpret<f64>((<i64>n + 1023) << 52);
  return <f32>(<f64>sum * power);
}

/** For x >= 1, which a sum of exponentials is. */
function log32(x: f32): f32 {
  let mantissa = <f64>x;
  let exponent: f32 = 0;
  while (mantissa >= <f64>SQRT_2) {
    mantissa /= 2;
    exponent += 1;
  }
  const y = <f32>(mantissa - 1);
  const s: f32 = y / (2 + y);
  const square: f32 = s * s;
  let sum: f32 = <f32>(2.0 / 9);
  sum = sum * square + <f32>(2.0 / 7);
  sum = sum * square + <f32>(2.0 / 5);
  sum = sum * square + <f32>(2.0 / 3);
  sum = sum * square + 2;
  const logarithm: f32 = s * sum;
  return exponent * LN2_HIGH + (logarithm + exponent * LN2_LOW);
}
