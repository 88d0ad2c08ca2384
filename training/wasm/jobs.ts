/** The jobs that worker threads share: each writes its own part of an output, so that no order of theirs can show. */

/** What `assembly/index.ts` exports; pointers are bytes, sizes floats. */
export interface KernelExports {
  packColumns(b: number, out: number, inner: number, cols: number, from: number, to: number): void;
  packTransposed(b: number, out: number, inner: number, cols: number, from: number, to: number): void;
  multiplyRows(...args: MultiplyArguments): void;
  multiplyColumns(...args: MultiplyArguments): void;
  /** Positions from-to; then the patches: height, width, channels, out height and width, size, step, spread, top, left. */
  gather(x: number, out: number, from: number, to: number, ...patches: PatchArguments): void;
  columnSums(a: number, out: number, rows: number, cols: number, from: number, to: number): void;
  addBias(out: number, bias: number, from: number, to: number, cols: number): void;
  relu(x: number, out: number, from: number, to: number): void;
  reluGradient(x: number, dy: number, out: number, from: number, to: number): void;
  addInto(out: number, x: number, from: number, to: number): void;
  firstNonFinite(x: number, from: number, to: number): number;
}

/** a, floats a row of a, packed b, c, rows from-to, inner, cols, column tiles from-to, scratch. */
type MultiplyArguments = [
  a: number,
  stride: number,
  b: number,
  c: number,
  row: number,
  rowEnd: number,
  inner: number,
  cols: number,
  from: number,
  to: number,
  scratch: number,
];

type PatchArguments = [number, number, number, number, number, number, number, number, number, number];

/** One of `parts` threads. */
export interface Share {
  readonly part: number;
  readonly parts: number;
}

type Job = (kernels: KernelExports, args: Int32Array, share: Share) => void;

/** Bytes that one thread needs beside the operands of a product: an edge tile and eight strips. */
export const SCRATCH = 128 + 8 * 4096;

/** In the order of their numbers. */
export const jobs = {
  packColumns: (kernels, [b = 0, out = 0, inner = 0, cols = 0], share) =>
    kernels.packColumns(b, out, inner, cols, ...span(tilesOf(cols), 1, share)),
  packTransposed: (kernels, [b = 0, out = 0, inner = 0, cols = 0], share) =>
    kernels.packTransposed(b, out, inner, cols, ...span(tilesOf(cols), 1, share)),
  multiplyRows: (kernels, args, share) => multiplyPart(kernels.multiplyRows, args, share),
  multiplyColumns: (kernels, args, share) => multiplyPart(kernels.multiplyColumns, args, share),
  gather: (kernels, args, share) => {
    const [x = 0, out = 0, start = 0, end = 0, h = 0, w = 0, channels = 0, oh = 0, ow = 0, size = 0] = args;
    const [from, to] = span(end - start, 1, share);
    const rows = out + from * size * size * channels * 4;
    const [step = 1, spread = 1, top = 0, left = 0] = args.subarray(10);
    kernels.gather(x, rows, start + from, start + to, h, w, channels, oh, ow, size, step, spread, top, left);
  },
  columnSums: (kernels, [a = 0, out = 0, rows = 0, cols = 0], share) =>
    kernels.columnSums(a, out, rows, cols, ...span(cols, 4, share)),
  addBias: (kernels, [out = 0, bias = 0, rows = 0, cols = 0], share) =>
    kernels.addBias(out, bias, ...span(rows, 1, share), cols),
  relu: (kernels, [x = 0, out = 0, length = 0], share) => kernels.relu(x, out, ...span(length, 4, share)),
  reluGradient: (kernels, [x = 0, dy = 0, out = 0, length = 0], share) =>
    kernels.reluGradient(x, dy, out, ...span(length, 4, share)),
  addInto: (kernels, [out = 0, x = 0, length = 0], share) => kernels.addInto(out, x, ...span(length, 4, share)),
} satisfies Record<string, Job>;

export type JobName = keyof typeof jobs;

export const jobNames = Object.keys(jobs) as readonly JobName[];

/** Whole rows for each thread where there are enough of them, else whole column tiles. */
function multiplyPart(
  kernel: (...args: MultiplyArguments) => void,
  [a = 0, stride = 0, b = 0, c = 0, rows = 0, inner = 0, cols = 0, scratch = 0]: Int32Array,
  share: Share,
): void {
  const byRows = rows >= 16 * share.parts;
  const whole = { part: 0, parts: 1 };
  const [row, rowEnd] = span(rows, 4, byRows ? share : whole);
  const [from, to] = span(tilesOf(cols), 1, byRows ? whole : share);
  kernel(a, stride, b, c, row, rowEnd, inner, cols, from, to, scratch + share.part * SCRATCH);
}

/** Column tiles of the packed layout. */
export function tilesOf(cols: number): number {
  return Math.ceil(cols / 8);
}

/** This thread's share of 0 to `total`, in multiples of `unit`. */
function span(total: number, unit: number, { part, parts }: Share): [from: number, to: number] {
  const units = Math.ceil(total / unit);
  const at = (index: number) => Math.min(total, Math.floor((units * index) / parts) * unit);
  return [at(part), at(part + 1)];
}
