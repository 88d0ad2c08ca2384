import { CHAIN } from './canonical/matrix.ts';
import type { DagBuilder, Range, Rule, View } from './dag.ts';

/** The leaf rules from which operators build their part of the DAG, and the packed layout that chains read. */

/** Distance of rows such that blocks of 256 columns never cross a chunk's border: a power of two up to 256, else a multiple of 256. */
export function packedStride(cols: number): number {
  if (cols > CHAIN) return Math.ceil(cols / CHAIN) * CHAIN;
  let stride = 1;
  while (stride < cols) stride *= 2;
  return stride;
}

/** Where element (row, col) of a view is. */
export function cell(view: View, row: number, col: number): Range {
  return { tensor: view.tensor, offset: view.offset + row * view.stride + col, length: 1 };
}

/** Element `index` of a view's values, row by row without padding. */
export function flat(view: View, index: number): Range {
  return cell(view, Math.floor(index / view.cols), index % view.cols);
}

/** A packed matrix of `rows` x `cols`: the view itself if it is one, else a copy of its values in their order. */
export function matrixOf(b: DagBuilder, name: string, view: View, rows: number, cols: number): View {
  if (view.rows === rows && view.cols === cols && view.stride === packedStride(cols)) return view;
  return copy(b, name, rows, cols, (row, col) => flat(view, row * cols + col));
}

/** A view that is `rows` x `cols` already, or else a refusal. @throws RangeError */
export function reshaped(view: View, rows: number, cols: number): View {
  if (view.rows !== rows || view.cols !== cols) throw new RangeError(`the values are no ${rows} x ${cols} matrix`);
  return view;
}

/** A packed matrix whose elements are leaves of `rule(row, col)`; the padding is +0, a copy of nothing. */
function packed(b: DagBuilder, name: string, rows: number, cols: number, cellRule: CellRule): View {
  const stride = packedStride(cols);
  const rule: Rule = {
    kind: cellRule.kind,
    inputs(element) {
      const col = element % stride;
      return col < cols ? cellRule.inputs(Math.floor(element / stride), col) : [];
    },
    compute(element, inputs) {
      const col = element % stride;
      return col < cols ? cellRule.compute(Math.floor(element / stride), col, inputs) : 0;
    },
  };
  return { tensor: b.add(name, rows * stride, rule), offset: 0, rows, cols, stride };
}

interface CellRule {
  readonly kind: Rule['kind'];
  inputs(row: number, col: number): readonly Range[];
  compute(row: number, col: number, inputs: readonly Float32Array[]): number;
}

/** A packed matrix of elements copied from where `source` says; +0 where it says nothing. */
export function copy(
  b: DagBuilder,
  name: string,
  rows: number,
  cols: number,
  source: (row: number, col: number) => Range | undefined,
): View {
  return packed(b, name, rows, cols, {
    kind: 'copy',
    inputs(row, col) {
      const range = source(row, col);
      return range === undefined ? [] : [range];
    },
    compute: (_row, _col, [value]) => first(value),
  });
}

/** The packed transpose of a view. */
export function transposed(b: DagBuilder, name: string, view: View): View {
  return copy(b, name, view.cols, view.rows, (row, col) => cell(view, col, row));
}

/** The packed copy of a view, row by row. */
export function rowsOf(b: DagBuilder, name: string, view: View): View {
  return copy(b, name, view.rows, view.cols, (row, col) => cell(view, row, col));
}

/** An elementwise map over matrices of one shape; `values` come in the order of `views`. */
export function map(
  b: DagBuilder,
  name: string,
  rows: number,
  cols: number,
  sources: (row: number, col: number) => readonly Range[],
  compute: (values: readonly number[], row: number, col: number) => number,
): View {
  return packed(b, name, rows, cols, {
    kind: 'map',
    inputs: sources,
    compute: (row, col, inputs) => compute(inputs.map(first), row, col),
  });
}

/**
 * a (m x k, packed) times the transpose of b (n x k, packed): chains over k in blocks of 256, then their sums. With
 * `groups`, a and b are that many matrices one below the other, and the products of each pair stand below each other.
 */
export function product(b: DagBuilder, name: string, left: View, right: View, groups = 1): View {
  const [rows, cols, inner] = [left.rows, right.rows / groups, left.cols];
  const blocks = Math.ceil(inner / CHAIN);
  const chain = (row: number, col: number, block: number): readonly Range[] => {
    const other = Math.floor((row * groups) / rows) * cols + col;
    return [rowRange(left, row, block), rowRange(right, other, block)];
  };
  if (blocks === 1) {
    return packed(b, name, rows, cols, {
      kind: 'chain',
      inputs: (row, col) => chain(row, col, 0),
      compute: (_row, _col, inputs) => multiplyAdd(inputs),
    });
  }
  const partial = packed(b, `${name}, partial`, rows * cols, blocks, {
    kind: 'chain',
    inputs: (pair, block) => chain(Math.floor(pair / cols), pair % cols, block),
    compute: (_pair, _block, inputs) => multiplyAdd(inputs),
  });
  const sums = shortened(b, name, partial, 'add');
  return packed(b, name, rows, cols, {
    kind: 'reduce',
    inputs: (row, col) => [rowRange(sums, row * cols + col, 0)],
    compute: (_row, _col, inputs) => reducers.add(inputs),
  });
}

/** Each row of a packed matrix reduced to one element: a view of one row. Rows beyond 256 terms go by blocks. */
export function reduceRows(b: DagBuilder, name: string, view: View, reducer: Reducer): View {
  const compute = (_row: number, _col: number, inputs: readonly Float32Array[]): number => reducers[reducer](inputs);
  const sums = shortened(b, name, view, reducer);
  return packed(b, name, 1, view.rows, { kind: 'reduce', inputs: (_, col) => [rowRange(sums, col, 0)], compute });
}

/** Rows reduced by blocks of 256, again and again, until they fit into one chain. */
function shortened(b: DagBuilder, name: string, view: View, reducer: Reducer): View {
  if (view.cols <= CHAIN) return view;
  const partial = packed(b, `${name}, partial`, view.rows, Math.ceil(view.cols / CHAIN), {
    kind: 'reduce',
    inputs: (row, block) => [rowRange(view, row, block)],
    compute: (_row, _col, inputs) => reducers[reducer](inputs),
  });
  return shortened(b, name, partial, reducer);
}

export type Reducer = keyof typeof reducers;

/** Reduce chains. Sums start from +0; a maximum starts from the first term, and of +0 and -0 the first one stays. */
export const reducers = {
  add([terms]: readonly Float32Array[]): number {
    let sum = 0;
    for (const term of terms ?? []) sum = Math.fround(sum + term);
    return sum;
  },
  /** Position of the first largest term. */
  argmax([terms]: readonly Float32Array[]): number {
    let best = 0;
    terms?.forEach((term, i) => {
      if (term > (terms[best] ?? term)) best = i;
    });
    return best;
  },
  max([terms]: readonly Float32Array[]): number {
    let largest = first(terms);
    for (const term of terms ?? []) if (term > largest) largest = term;
    return largest;
  },
};

/** sum of a_i * b_i in order, from +0, each product and sum rounded. */
function multiplyAdd([a, b]: readonly Float32Array[]): number {
  let sum = 0;
  if (a === undefined || b === undefined) return sum;
  for (let i = 0; i < a.length; i += 1) sum = Math.fround(sum + Math.fround((a[i] ?? 0) * (b[i] ?? 0)));
  return sum;
}

function rowRange(view: View, row: number, block: number): Range {
  const length = Math.min(CHAIN, view.cols - block * CHAIN);
  return { tensor: view.tensor, offset: view.offset + row * view.stride + block * CHAIN, length };
}

function first(values: Float32Array | undefined): number {
  return values?.[0] ?? 0;
}
