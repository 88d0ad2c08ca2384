import type { Kernels } from '../canonical/kernels.ts';
import type { DagBuilder, View } from '../dag.ts';
import type { PhiloxKey } from '../random.ts';

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

/** Where a layer computes while training: what its random numbers depend on. */
export interface Place {
  readonly key: PhiloxKey;
  /** Of the run, from 0. */
  readonly step: number;
  readonly layer: number;
  /** Which record of the batch row 0 is: a shard's first one. */
  readonly firstRow: number;
}

/** A layer bound to the shape of its input. All arrays are row-major float32 without padding. */
export interface Layer {
  readonly op: string;
  readonly inputWidth: number;
  readonly width: number;
  readonly output: Shape;
  /** Values of a record's largest array on the way to the output, where that is not the output. */
  readonly largest?: number;
  /** The layer whose output is a second input, `other`. */
  readonly joins?: number;
  readonly parameters: readonly ParameterShape[];
  /** Floating-point operations of forward and backward for one record. */
  readonly flops: number;
  /** @param place absent while evaluating, where nothing is random */
  forward(
    weights: readonly Float32Array[],
    x: Float32Array,
    rows: number,
    kernels: Kernels,
    place?: Place,
    other?: Float32Array,
  ): Float32Array;
  /** Gradients of the parameters, and of the input unless it is the data. The gradient of `other` is that of the input. */
  backward(
    weights: readonly Float32Array[],
    x: Float32Array,
    dy: Float32Array,
    rows: number,
    needInput: boolean,
    kernels: Kernels,
    place: Place,
  ): Gradients;
  /** Present where the layer keeps running statistics in the state. */
  readonly statistics?: Statistics;
  traceForward(b: DagBuilder, weights: readonly View[], x: View, rows: number, place: Place, other?: View): View;
  traceBackward(
    b: DagBuilder,
    weights: readonly View[],
    x: View,
    dy: View,
    rows: number,
    needInput: boolean,
    place: Place,
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

/**
 * A row of the layers' table: checks the layer's JSON and binds it.
 *
 * @param outputs shapes of the outputs of the layers before it, for those that join one
 * @throws SpecError with `path`
 */
export interface LayerOperator {
  bind(layer: JsonObject, path: string, input: Shape, outputs: readonly Shape[]): Layer;
}

/** A row of the losses' table. Labels are class numbers as float32; a shard has `rows` of the batch's `batch` records. */
export interface LossOperator {
  /** The gradient of the batch's mean loss by these rows' logits, and their part of that mean (reported, not traced). */
  backward(
    logits: Float32Array,
    labels: Float32Array,
    rows: number,
    classes: number,
    batch: number,
    kernels: Kernels,
  ): LossResult;
  traceBackward(b: DagBuilder, logits: View, labels: View, batch: number): View;
}

export interface LossResult {
  readonly gradient: Float32Array;
  /** Sum over the rows, divided by the batch. */
  readonly loss: number;
}

/** A row of the optimizers' table, bound to its settings. */
export interface Optimizer {
  readonly formula: Formula;
  /** The learning rate before a schedule scales it. */
  readonly rate: number;
  /** Values that are kept for each weight; +0 at the start. */
  readonly slots: number;
  /** Values that are kept for the whole run, at its start. */
  readonly scalars: readonly number[];
  /** A scalar after the step; exact float32. */
  nextScalar(index: number, value: number): number;
  /**
   * Writes the weight and its slots after the step into `next`; exact float32. `scalars` are those after the step, `rate`
   * is the step's learning rate.
   */
  update(
    next: Float32Array,
    weight: number,
    gradient: number,
    slots: Float32Array,
    scalars: Float32Array,
    rate: number,
  ): void;
}

/** What an optimizer computes, for kernels that have it as a whole; numbers are float32. */
export type Formula =
  | { readonly kind: 'sgd' }
  | { readonly kind: 'momentum'; readonly decay: number }
  | {
      readonly kind: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      /** 0: none, and nothing is added. */
      readonly decay: number;
    };

export interface OptimizerOperator {
  bind(optimizer: JsonObject, path: string): Optimizer;
}

/** A row of the schedules' table, bound to its settings: the learning rate of a step (from 0), exact float32. */
export type Schedule = (rate: number, step: number) => number;

export interface ScheduleOperator {
  /** @param steps of the whole run */
  bind(schedule: JsonObject, path: string, steps: number): Schedule;
}
