/**
 * The static DAG of one unit: every value that F computes, as tensors of float32 whose elements are each computed by one
 * leaf. It depends on the specification, the seed and the number of records only, never on values.
 *
 * A leaf is a copy, a multiply-add chain or a reduce chain of at most 256 terms, or an elementwise map. Each of its
 * inputs is a range that lies inside one 1 KiB chunk of an earlier tensor.
 */

/** How an element is computed; numbers and names are part of the opset. */
export type LeafKind = 'copy' | 'chain' | 'reduce' | 'map';

/** `length` elements of a tensor from `offset` on, within one chunk. */
export interface Range {
  readonly tensor: number;
  readonly offset: number;
  readonly length: number;
}

export interface Rule {
  readonly kind: LeafKind;
  inputs(element: number): readonly Range[];
  /** The element's value from those ranges' values; exact float32. */
  compute(element: number, inputs: readonly Float32Array[]): number;
}

export interface Tensor {
  /** For people: `step 3: layer 0: kernel gradient`. */
  readonly name: string;
  /** Elements. */
  readonly length: number;
  /** Absent for what the unit starts from: the data and the state before. */
  readonly rule?: Rule;
}

/** Index of the data and of the state before in every DAG. */
export const DATA = 0;
export const BEFORE = 1;

/** Tensors in the order of computation: data, state before, batch tensors, inner tensors, state after. */
export interface Dag {
  readonly tensors: readonly Tensor[];
  readonly batch: TensorGroup;
  readonly inner: TensorGroup;
  /** Index of the state after, the last tensor. */
  readonly after: number;
}

export interface TensorGroup {
  readonly start: number;
  readonly count: number;
}

/**
 * A matrix inside a tensor: element (row, col) is at offset + row * stride + col. `packed` matrices start at a
 * whole row and have a stride of `packedStride(cols)`, so that 256 terms of a row never cross a chunk's border.
 */
export interface View {
  readonly tensor: number;
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
  readonly stride: number;
}

/** Collects tensors; `name` prefixes say which step and layer they belong to. */
export class DagBuilder {
  private readonly tensors: Tensor[] = [];
  private scope = '';

  within(scope: string): void {
    this.scope = scope;
  }

  add(name: string, length: number, rule?: Rule): number {
    this.tensors.push({ name: `${this.scope}${name}`, length, rule });
    return this.tensors.length - 1;
  }

  get count(): number {
    return this.tensors.length;
  }

  finish(batch: TensorGroup, inner: TensorGroup): Dag {
    return { tensors: this.tensors, batch, inner, after: this.tensors.length - 1 };
  }
}

/** The tensor at `index`. @throws RangeError */
export function tensorAt(dag: Dag, index: number): Tensor {
  const tensor = dag.tensors[index];
  if (tensor === undefined) throw new RangeError(`the unit has no tensor ${index}`);
  return tensor;
}
