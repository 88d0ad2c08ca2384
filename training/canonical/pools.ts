import { type Patches, patchSource } from './patches.ts';

/** Pools over whole windows of NHWC pictures, by the values of each window: (output values x taps), taps by (y, x). */

const f = Math.fround;

/** The first largest value of each window. */
export function maxPool(x: Float32Array, p: Patches, records: number): Float32Array {
  const taps = p.size * p.size;
  const windows = windowsOf(x, p, records);
  return Float32Array.from(argmax(windows, taps), (tap, i) => windows[i * taps + tap] ?? 0);
}

/** The gradient of the input: a window passes all to its first largest value, and a value adds by taps. */
export function maxPoolGradient(x: Float32Array, dy: Float32Array, p: Patches, records: number): Float32Array {
  const chosen = argmax(windowsOf(x, p, records), p.size * p.size);
  return gathered(p, records, (window, tap) => (chosen[window] === tap ? (dy[window] ?? 0) : 0));
}

/** The mean of each window: the sum in order, divided by its number of values. */
export function avgPool(x: Float32Array, p: Patches, records: number): Float32Array {
  const taps = p.size * p.size;
  const windows = windowsOf(x, p, records);
  const out = new Float32Array(windows.length / taps);
  for (let i = 0; i < out.length; i += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) sum = f(sum + (windows[i * taps + tap] ?? 0));
    out[i] = sum / taps;
  }
  return out;
}

/** The gradient of the input: what windows pass on is added by taps, then divided. */
export function avgPoolGradient(dy: Float32Array, p: Patches, records: number): Float32Array {
  const taps = p.size * p.size;
  return gathered(p, records, (window) => dy[window] ?? 0).map((sum) => sum / taps);
}

/** Index of the input's value that output value `out` reads at `tap`. */
export function inputOf(p: Patches, out: number, tap: number): number {
  const channel = out % p.channels;
  return patchSource(p, Math.floor(out / p.channels), tap * p.channels + channel);
}

/** Index of the output value whose window has input value `index` at `tap`, or -1. */
export function windowOf(p: Patches, index: number, tap: number): number {
  const channel = index % p.channels;
  const pixel = Math.floor(index / p.channels);
  const x = (pixel % p.width) - (tap % p.size);
  const y = (Math.floor(pixel / p.width) % p.height) - Math.floor(tap / p.size);
  const record = Math.floor(pixel / (p.width * p.height));
  if (x < 0 || y < 0 || x % p.step !== 0 || y % p.step !== 0) return -1;
  const [row, col] = [y / p.step, x / p.step];
  if (row >= p.outHeight || col >= p.outWidth) return -1;
  return ((record * p.outHeight + row) * p.outWidth + col) * p.channels + channel;
}

function windowsOf(x: Float32Array, p: Patches, records: number): Float32Array {
  const taps = p.size * p.size;
  const length = records * p.outHeight * p.outWidth * p.channels * taps;
  return Float32Array.from({ length }, (_, i) => x[inputOf(p, Math.floor(i / taps), i % taps)] ?? 0);
}

/** In each window the position of the first largest value. */
function argmax(windows: Float32Array, taps: number): number[] {
  return Array.from({ length: windows.length / taps }, (_, i) => {
    let best = 0;
    for (let tap = 1; tap < taps; tap += 1) {
      if ((windows[i * taps + tap] ?? 0) > (windows[i * taps + best] ?? 0)) best = tap;
    }
    return best;
  });
}

/** At each input value the sum, from +0 in the order of taps, of what its windows pass to it. */
function gathered(p: Patches, records: number, passed: (window: number, tap: number) => number): Float32Array {
  const out = new Float32Array(records * p.height * p.width * p.channels);
  for (let i = 0; i < out.length; i += 1) {
    let sum = 0;
    for (let tap = 0; tap < p.size * p.size; tap += 1) {
      const window = windowOf(p, i, tap);
      if (window >= 0) sum = f(sum + passed(window, tap));
    }
    out[i] = sum;
  }
  return out;
}
