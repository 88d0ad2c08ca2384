import { CHAIN, multiply, sliceSize, transpose } from './matrix.ts';

/**
 * Convolutions of F are products of patches: one row of (y, x, channel) values for every output position. Pictures are
 * row-major (record, y, x, channel); what lies outside or between is +0, which changes no sum.
 */
export interface Patches {
  /** The picture that is read. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Positions of one record. */
  readonly outHeight: number;
  readonly outWidth: number;
  /** Taps in each direction. */
  readonly size: number;
  /** Pixels from one position to the next. */
  readonly step: number;
  /** Pixels between neighbours of the picture: more than 1 reads it as if zeros stood between. */
  readonly spread: number;
  /** Rows and columns of padding before the first pixel; may be negative. */
  readonly top: number;
  readonly left: number;
}

/** Values of one patch. */
export function patchLength({ size, channels }: Patches): number {
  return size * size * channels;
}

/** Positions of `records` pictures. */
export function positionsOf({ outHeight, outWidth }: Patches, records: number): number {
  return records * outHeight * outWidth;
}

/** Index of the value that patch `position` has at `element`, or -1 for +0. */
export function patchSource(p: Patches, position: number, element: number): number {
  const channel = element % p.channels;
  const tap = Math.floor(element / p.channels);
  const inside = position % (p.outHeight * p.outWidth);
  const record = Math.floor(position / (p.outHeight * p.outWidth));
  const y = pixel(Math.floor(inside / p.outWidth) * p.step + Math.floor(tap / p.size) - p.top, p.spread, p.height);
  const x = pixel((inside % p.outWidth) * p.step + (tap % p.size) - p.left, p.spread, p.width);
  return y < 0 || x < 0 ? -1 : ((record * p.height + y) * p.width + x) * p.channels + channel;
}

function pixel(at: number, spread: number, length: number): number {
  return at >= 0 && at % spread === 0 && at / spread < length ? at / spread : -1;
}

/** Patches of positions [from, to), one row each. */
export function gatherPatches(values: Float32Array, p: Patches, from: number, to: number): Float32Array {
  const length = patchLength(p);
  const out = new Float32Array((to - from) * length);
  for (let position = from; position < to; position += 1) {
    for (let tap = 0; tap < length; tap += p.channels) {
      const source = patchSource(p, position, tap);
      const target = (position - from) * length + tap;
      if (source >= 0) out.set(values.subarray(source, source + p.channels), target);
    }
  }
  return out;
}

/** Patches times a kernel (patch length x filters): positions x filters. */
export function convolve(
  x: Float32Array,
  kernel: Float32Array,
  p: Patches,
  records: number,
  filters: number,
): Float32Array {
  const positions = positionsOf(p, records);
  const out = new Float32Array(positions * filters);
  for (let from = 0; from < positions; from += CHAIN) {
    const to = Math.min(positions, from + CHAIN);
    out.set(multiply(gatherPatches(x, p, from, to), kernel, to - from, patchLength(p), filters), from * filters);
  }
  return out;
}

/** The transpose of the patches times dy (positions x filters): the gradient of the kernel. */
export function convolveGradient(
  x: Float32Array,
  dy: Float32Array,
  p: Patches,
  records: number,
  filters: number,
): Float32Array {
  const length = patchLength(p);
  const sum = (from: number, to: number): Float32Array => {
    const size = sliceSize(to - from, CHAIN);
    if (size === to - from) {
      const patches = transpose(gatherPatches(x, p, from, to), size, length);
      return multiply(patches, dy.subarray(from * filters, to * filters), length, size, filters);
    }
    const out = new Float32Array(length * filters);
    for (let start = from; start < to; start += size) addTo(out, sum(start, Math.min(to, start + size)));
    return out;
  };
  return sum(0, positionsOf(p, records));
}

/** How the gradient of the input is a convolution too: over dy, with the kernel that `flipped` gives. */
export function inputGradientPatches(p: Patches, filters: number): Patches {
  return {
    height: p.outHeight,
    width: p.outWidth,
    channels: filters,
    outHeight: p.height,
    outWidth: p.width,
    size: p.size,
    step: 1,
    spread: p.step,
    top: p.size - 1 - p.top,
    left: p.size - 1 - p.left,
  };
}

/** Where element `element` of the flipped kernel (taps backwards x filters, by channels) stands in the kernel. */
export function flippedSource({ size, channels }: Patches, filters: number, element: number): number {
  const channel = element % channels;
  const row = Math.floor(element / channels);
  const tap = size * size - 1 - Math.floor(row / filters);
  return (tap * channels + channel) * filters + (row % filters);
}

/** The kernel (taps x channels, by filters) with its taps backwards and each tap transposed. */
export function flipped(kernel: Float32Array, p: Patches, filters: number): Float32Array {
  return Float32Array.from({ length: kernel.length }, (_, i) => kernel[flippedSource(p, filters, i)] ?? 0);
}

function addTo(out: Float32Array, terms: Float32Array): void {
  for (let i = 0; i < out.length; i += 1) out[i] = (out[i] ?? 0) + (terms[i] ?? 0);
}
