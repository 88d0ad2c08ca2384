/**
 * exp, log, cos and powers in float32 by fixed polynomials: every operation is rounded by Math.fround, so that the result has the
 * same bits on every machine. The platform's Math.exp, Math.log and `**` may differ between engines and are not used.
 */

const f = Math.fround;

const LOG2_E = f(Math.LOG2E);
/** ln 2 in two parts: `LN2_HIGH` has few bits, so that n * LN2_HIGH is exact for |n| <= 2^9. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = f(Math.LN2 - 0.693359375);
const SQRT_2 = f(Math.SQRT2);
/** 1/k! for k = 7 down to 0: the Taylor series of exp, good for 5e-9 on |r| <= ln(2)/2. */
const EXP_SERIES = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1, 1].map(f);
/** 2/(2k+1) for k = 4 down to 0: log(1+x) = 2 artanh(x/(2+x)), good for 4e-9. */
const LOG_SERIES = [2 / 9, 2 / 7, 2 / 5, 2 / 3, 2].map(f);
const PI = f(Math.PI);
/** (-1)^k/(2k+1)! for k = 6 down to 0: the Taylor series of sin(x)/x in x^2, good for 1e-9 on |x| <= pi/2. */
const SINE_SERIES = [1 / 6227020800, -1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1].map(f);
/** Beyond these arguments the float32 result is 0 or infinite. */
const EXP_MIN = -104;
const EXP_MAX = 89;

/** e^x in float32, within 2 units in the last place; +Infinity on overflow, denormals kept. */
export function exp32(x: number): number {
  if (x < EXP_MIN) return 0;
  if (x > EXP_MAX) return Number.POSITIVE_INFINITY;
  const n = Math.floor(f(f(x * LOG2_E) + 0.5));
  const r = f(f(x - f(n * LN2_HIGH)) - f(n * LN2_LOW));
  return f(polynomial(EXP_SERIES, r) * powerOfTwo(n));
}

/** ln x in float32 for finite x > 0; -Infinity for 0, NaN below. */
export function log32(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  let mantissa = x;
  let exponent = 0;
  while (mantissa >= SQRT_2) {
    mantissa /= 2;
    exponent += 1;
  }
  while (mantissa < SQRT_2 / 2) {
    mantissa *= 2;
    exponent -= 1;
  }
  const y = f(mantissa - 1);
  const s = f(y / f(2 + y));
  const logMantissa = f(s * polynomial(LOG_SERIES, f(s * s)));
  return f(f(exponent * LN2_HIGH) + f(logMantissa + f(exponent * LN2_LOW)));
}

/** cos(pi t) in float32 for t from 0 to 1, within 2e-7, never outside -1 to 1. */
export function cosPi32(t: number): number {
  const x = f(PI * f(0.5 - t));
  return Math.max(-1, Math.min(1, f(x * polynomial(SINE_SERIES, f(x * x)))));
}

/** base^exponent in float32 for a whole exponent >= 0, by squaring from the lowest bit on. */
export function power32(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = f(result * square);
    square = f(square * square);
  }
  return result;
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = f(f(sum * x) + coefficient);
  return sum;
}

/** 2^n for |n| <= 1,000, exact in a double. */
function powerOfTwo(n: number): number {
  let power = 1;
  for (let i = 0; i < n; i += 1) power *= 2;
  for (let i = 0; i > n; i -= 1) power /= 2;
  return power;
}
