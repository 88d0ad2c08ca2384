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
  /** Output rows from-to of all records; then the pictures. */
  maxPool(x: number, out: number, chosen: number, from: number, to: number, ...window: WindowArguments): void;
  avgPool(x: number, out: number, from: number, to: number, ...window: WindowArguments): void;
  /** Input rows from-to of all records. `chosen` 0: an average. */
  poolGradient(dy: number, chosen: number, out: number, from: number, to: number, ...window: WindowArguments): void;
  subtractRow(x: number, row: number, out: number, from: number, to: number, cols: number): void;
  multiplyRow(x: number, row: number, out: number, from: number, to: number, cols: number): void;
  multiplyElements(a: number, b: number, out: number, from: number, to: number): void;
  /** dy, normal, scale, beta, gamma, out, rows from-to, cols. */
  normGradient(...args: [number, number, number, number, number, number, number, number, number]): void;
  /** logits, labels, shifted, gradient, losses, rows from-to, classes, batch. */
  softmax(...args: [number, number, number, number, number, number, number, number, number]): void;
  /** outputs, labels, gradient, squares, rows from-to, classes, count. */
  squaredErrors(...args: [number, number, number, number, number, number, number, number]): void;
  updateSgd(w: number, g: number, next: number, from: number, to: number, rate: number): void;
  /** `slot`: bytes from a weight to its first slot. */
  updateMomentum(w: number, g: number, next: number, from: number, to: number, ...rest: MomentumNumbers): void;
  updateAdam(w: number, g: number, next: number, from: number, to: number, ...rest: AdamNumbers): void;
  /** Positions from-to after `first`, records, side, epoch and the two words of the key. */
  order(out: number, from: number, to: number, ...rest: [number, number, number, number, number, number]): void;
  /** prefix, source, length, out, messages from-to, scratch. */
  hashMessages(...args: [number, number, number, number, number, number, number]): void;
}

/** height, width, channels, out height and width, size, step. */
type WindowArguments = [number, number, number, number, number, number, number];

/** slot, rate, decay. */
type MomentumNumbers = [number, number, number];

/** slot, rate, beta1, beta2, 1 - beta1, 1 - beta2, 1 - beta1^t, 1 - beta2^t, epsilon, decay. */
type AdamNumbers = [number, number, number, number, number, number, number, number, number, number];

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
  maxPool: (kernels, args, share) => {
    const [x = 0, out = 0, chosen = 0, rows = 0] = args;
    kernels.maxPool(x, out, chosen, ...span(rows, 1, share), ...windowOf(args.subarray(4)));
  },
  avgPool: (kernels, args, share) => {
    const [x = 0, out = 0, rows = 0] = args;
    kernels.avgPool(x, out, ...span(rows, 1, share), ...windowOf(args.subarray(3)));
  },
  poolGradient: (kernels, args, share) => {
    const [dy = 0, chosen = 0, out = 0, rows = 0] = args;
    kernels.poolGradient(dy, chosen, out, ...span(rows, 1, share), ...windowOf(args.subarray(4)));
  },
  subtractRow: (kernels, [x = 0, row = 0, out = 0, rows = 0, cols = 0], share) =>
    kernels.subtractRow(x, row, out, ...span(rows, 1, share), cols),
  multiplyRow: (kernels, [x = 0, row = 0, out = 0, rows = 0, cols = 0], share) =>
    kernels.multiplyRow(x, row, out, ...span(rows, 1, share), cols),
  multiplyElements: (kernels, [a = 0, b = 0, out = 0, length = 0], share) =>
    kernels.multiplyElements(a, b, out, ...span(length, 4, share)),
  normGradient: (kernels, args, share) => {
    const [dy = 0, normal = 0, scale = 0, beta = 0, gamma = 0, out = 0, rows = 0, cols = 0] = args;
    kernels.normGradient(dy, normal, scale, beta, gamma, out, ...span(rows, 1, share), cols);
  },
  softmax: (kernels, args, share) => {
    const [logits = 0, labels = 0, shifted = 0, gradient = 0, losses = 0, rows = 0, classes = 0, batch = 0] = args;
    kernels.softmax(logits, labels, shifted, gradient, losses, ...span(rows, 1, share), classes, batch);
  },
  squaredErrors: (
    kernels,
    [outputs = 0, labels = 0, gradient = 0, squares = 0, rows = 0, classes = 0, count = 0],
    share,
  ) => kernels.squaredErrors(outputs, labels, gradient, squares, ...span(rows, 1, share), classes, count),
  updateSgd: (kernels, args, share) => {
    const [w = 0, g = 0, next = 0, length = 0] = args;
    kernels.updateSgd(w, g, next, ...span(length, 4, share), ...floatsOf(args.subarray(4), 1));
  },
  updateMomentum: (kernels, args, share) => {
    const [w = 0, g = 0, next = 0, length = 0, slot = 0] = args;
    const [rate = 0, decay = 0] = floatsOf(args.subarray(5), 2);
    kernels.updateMomentum(w, g, next, ...span(length, 4, share), slot, rate, decay);
  },
  updateAdam: (kernels, args, share) => {
    const [w = 0, g = 0, next = 0, length = 0, slot = 0] = args;
    const [rate = 0, b1 = 0, b2 = 0, r1 = 0, r2 = 0, p1 = 0, p2 = 0, e = 0, d = 0] = floatsOf(args.subarray(5), 9);
    kernels.updateAdam(w, g, next, ...span(length, 4, share), slot, rate, b1, b2, r1, r2, p1, p2, e, d);
  },
  order: (kernels, [out = 0, count = 0, first = 0, records = 0, side = 0, epoch = 0, key0 = 0, key1 = 0], share) =>
    kernels.order(out, ...span(count, 1, share), first, records, side, epoch, key0, key1),
  hashMessages: (kernels, [prefix = 0, source = 0, length = 0, out = 0, count = 0, scratch = 0], share) => {
    const own = scratch + share.part * hashScratch(length);
    kernels.hashMessages(prefix, source, length, out, ...span(count, 4, share), own);
  },
} satisfies Record<string, Job>;

export type JobName = keyof typeof jobs;

export const jobNames = Object.keys(jobs) as readonly JobName[];

/** Bytes that one thread needs to hash messages of `length` bytes, four at a time. */
export function hashScratch(length: number): number {
  return 1_152 + 4 * 64 * Math.ceil((length + 10) / 64);
}

function windowOf([h = 0, w = 0, c = 0, oh = 0, ow = 0, size = 1, step = 1]: Int32Array): WindowArguments {
  return [h, w, c, oh, ow, size, step];
}

/** Arguments that are float32, by their bits. */
function floatsOf(args: Int32Array, count: 1): [number];
function floatsOf(args: Int32Array, count: number): number[];
function floatsOf(args: Int32Array, count: number): number[] {
  return [...new Float32Array(args.buffer, args.byteOffset, count)];
}

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
