import { floatsToBytes } from '../bytes.ts';
import { sha256 } from '../merkle.ts';
import { randomWord } from '../random.ts';
import { exp32, log32 } from './math.ts';
import { multiply } from './matrix.ts';

/** First eight bytes of the SHA-256 of the bits that `probe` gives wherever F is exact. */
const EXPECTED = 'd403cc9de894b014';

/**
 * Throws unless this process computes float32 as F needs it: rounding to nearest, denormals kept, no TensorFlow loaded
 * (its native parts may set flush-to-zero for the whole process). Trainers, verifiers and nodes call it at their start.
 */
export function selfTest(): void {
  if ('_tfengine' in globalThis) throw new Error('TensorFlow.js is loaded: canonical training needs its own process');
  const digest = sha256(floatsToBytes(probe())).subarray(0, 8);
  if (digest.reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '') !== EXPECTED) {
    throw new Error('this machine or engine does not compute float32 exactly: it cannot train, verify or validate');
  }
}

/** Products, sums, quotients, roots, exp and log where rounding, denormals and signed zeros show. */
export function probe(): Float32Array {
  const inputs = new Float32Array(128);
  const bits = new Uint32Array(inputs.buffer);
  for (let i = 0; i < bits.length; i += 1) {
    const word = randomWord([1, 2], 'weights', 0, 0, i);
    // Sign and fraction as drawn, the exponent within 2^-31 to 2^32; every ninth is -0.
    bits[i] = i % 9 === 0 ? 0x80000000 : (word & 0x807fffff) | ((((word >>> 23) & 63) + 96) << 23);
  }
  const tiny = inputs.map((value) => value / 2 ** 130);
  const product = multiply(inputs, inputs, 11, 11, 11);
  const small = multiply(inputs.subarray(0, 64), tiny.subarray(0, 64), 8, 8, 8);
  const quotients = inputs.map((value, i) => value / (i + 3));
  const roots = inputs.map((value) => Math.sqrt(Math.abs(value)));
  const curves = inputs.map((value) => log32(exp32(Math.fround(value % 80)) + 1));
  return Float32Array.of(...tiny, ...product, ...small, ...quotients, ...roots, ...curves);
}
