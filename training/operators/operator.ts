import type { Kernels } from '../canonical/kernels.ts';
import type { DagBuilder, View } from '../dag.ts';

/** What a row of the opset's tables has to say: its parameters, its part of F, and its part of the DAG. */

export type JsonObject = { readonly [key: string]: unknown };

/** Sizes of one record's values, row-major, without the batch: [units] or [height, width, channels]. */
export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** A trainable matrix (a vector is one row) of a layer; initial values are uniform in [-limit, limit), or +0. */
export interface ParameterShape {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly limit: number;
  /** What all elements start as where `limit` is 0; +0 if absent. */
  readonly initial?: number;
}

/** A layer bound to the shape of its input. All arrays are row-major float32 without padding. */
export interface Layer {
  readonly op: string;
  readonly inputWidth: number;
  readonly width: number;
  readonly output: Shape;
  readonly parameters: readonly ParameterShape[];
  /** Floating-point operations of forward and backward for one record. */
  readonly flops: number;
  forward(weights: readonly Float32Array[], x: Float32Array, rows: number, kernels: Kernels): Float32Array;
  /** Gradients of the parameters, and of the input unless it is the data. */
  backward(
    weights: readonly Float32Array[],
    x: Float32Array,
    dy: Float32Array,
    rows: number,
    needInput: boolean,
    kernels: Kernels,
  ): Gradients;
  /** Present where the layer keeps running statistics in the state. */
  readonly statistics?: Statistics;
  traceForward(b: DagBuilder, weights: readonly View[], x: View, rows: number): View;
  traceBackward(
    b: DagBuilder,
    weights: readonly View[],
    x: View,
    dy: View,
    rows: number,
    needInput: boolean,
  ): TraceGradients;
}

/** Rows of running values, such as mean and variance of each channel, that training updates and evaluation uses. */
export interface Statistics {
  /** One start value a row. */
  readonly initial: readonly number[];
  /** Values of a row. */
  readonly length: number;
  /** The batch's own rows. */
  measure(x: Float32Array, rows: number, kernels: Kernels): readonly Float32Array[];
  /** A running value after a step; exact float32. */
  next(running: number, measured: number): number;
  /** The layer's output by its running rows. */
  evaluate(weights: readonly Float32Array[], running: readonly Float32Array[], x: Float32Array): Float32Array;
  /** As `measure`: views of one row each. */
  traceMeasure(b: DagBuilder, x: View, rows: number): readonly View[];
}

export interface Gradients {
  readonly input: Float32Array;
  readonly parameters: readonly Float32Array[];
}

export interface TraceGradients {
  /** The view of `dy`, unused, where the input's gradient is not needed. */
  readonly input: View;
  readonly parameters: readonly View[];
}

/** A row of the layers' table: checks the layer's JSON and binds it. @throws SpecError with `path` */
export interface LayerOperator {
  bind(layer: JsonObject, path: string, input: Shape): Layer;
}

/** A row of the losses' table. Labels are class numbers as float32; the batch has `rows` records. */
export interface LossOperator {
  /** The gradient of the mean loss, and each record's loss (reported, not part of the trace). */
  backward(logits: Float32Array, labels: Float32Array, rows: number, classes: number): LossResult;
  traceBackward(b: DagBuilder, logits: View, labels: View): View;
}

export interface LossResult {
  readonly gradient: Float32Array;
  /** Mean over the batch. */
  readonly loss: number;
}

/** A row of the optimizers' table, bound to its settings. */
export interface Optimizer {
  /** Values that are kept for each weight; +0 at the start. */
  readonly slots: number;
  /** Values that are kept for the whole run, at its start. */
  readonly scalars: readonly number[];
  /** A scalar after the step; exact float32. */
  nextScalar(index: number, value: number): number;
  /** Writes the weight and its slots after the step into `next`; exact float32. `scalars` are those after the step. */
  update(next: Float32Array, weight: number, gradient: number, slots: Float32Array, scalars: Float32Array): void;
}

export interface OptimizerOperator {
  bind(optimizer: JsonObject, path: string): Optimizer;
}
