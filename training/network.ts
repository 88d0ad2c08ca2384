import { namedRow } from './operators/fields.ts';
import type { Layer, LossOperator, Optimizer, Schedule } from './operators/operator.ts';
import { lossOperators, optimizerOperators, scheduleOperators } from './opset.ts';
import type { Spec } from './spec.ts';
import { type WiredLayer, wireLayers } from './wiring.ts';

/** A specification with its operators bound, and the layout of its state. */
export interface Network {
  readonly spec: Spec;
  readonly layers: readonly Layer[];
  /** The same layers with what each reads. */
  readonly wired: readonly WiredLayer[];
  readonly loss: LossOperator;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** In state order: layer by layer, each layer's parameters as its row lists them. */
  readonly parameters: readonly Parameter[];
  /** Trainable values: the state's first ones. */
  readonly weightsLength: number;
  /** Running statistics, one row each, in the order of the layers: the state's last values. */
  readonly statistics: readonly StatisticsRow[];
  /** Float32 values of the state: weights, each slot of the optimizer for all weights, its scalars, statistics. */
  readonly stateLength: number;
}

/** A trainable matrix within the state, row-major from `offset` on. */
export interface Parameter {
  readonly name: string;
  readonly layer: number;
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
  /** Initial values are uniform in [-limit, limit). */
  readonly limit: number;
  /** What they are instead where `limit` is 0; +0 if absent. */
  readonly initial?: number;
}

/** A row of a layer's running statistics within the state. */
export interface StatisticsRow {
  readonly layer: number;
  /** Which of the layer's rows. */
  readonly row: number;
  readonly offset: number;
  readonly length: number;
  readonly initial: number;
}

/** Binds a checked specification. */
export function networkOf(spec: Spec): Network {
  const wired = wireLayers(spec.layers, spec.input);
  const layers = wired.map(({ layer }) => layer);
  const parameters: Parameter[] = [];
  let offset = 0;
  layers.forEach((layer, index) => {
    for (const shape of layer.parameters) {
      parameters.push({ ...shape, name: `layers.${index}.${shape.name}`, layer: index, offset });
      offset += shape.rows * shape.cols;
    }
  });
  const optimizer = namedRow(optimizerOperators, spec.optimizer.op, 'spec.optimizer').bind(
    spec.optimizer,
    'spec.optimizer',
  );
  let stateLength = offset * (1 + optimizer.slots) + optimizer.scalars.length;
  const statistics = layers.flatMap(({ statistics: rows }, layer) =>
    (rows?.initial ?? []).map((initial, row): StatisticsRow => {
      const length = rows?.length ?? 0;
      stateLength += length;
      return { layer, row, offset: stateLength - length, length, initial };
    }),
  );
  const { schedule } = spec;
  return {
    spec,
    layers,
    wired,
    loss: namedRow(lossOperators, spec.loss, 'spec.loss'),
    optimizer,
    schedule:
      schedule === undefined
        ? (rate) => rate
        : namedRow(scheduleOperators, schedule.op, 'spec.schedule.op').bind(schedule, 'spec.schedule', spec.steps),
    parameters,
    weightsLength: offset,
    statistics,
    stateLength,
  };
}

/** The parameters of one layer as views into the state. */
export function layerWeights(network: Network, state: Float32Array, layer: number): Float32Array[] {
  return network.parameters
    .filter((parameter) => parameter.layer === layer)
    .map(({ offset, rows, cols }) => state.subarray(offset, offset + rows * cols));
}

/** The running statistics of one layer as views into the state. */
export function layerStatistics(network: Network, state: Float32Array, layer: number): Float32Array[] {
  return network.statistics
    .filter((row) => row.layer === layer)
    .map(({ offset, length }) => state.subarray(offset, offset + length));
}

/** Floating-point operations of one step, forward and backward; the update and the hashing are not counted. */
export function stepFlops(network: Network): number {
  return network.spec.batch * network.layers.reduce((sum, layer) => sum + layer.flops, 0);
}

/** Records of one shard. */
export function shardRows(spec: Spec): number {
  return spec.batch / spec.shards;
}

/** Gradients and measured statistics of a shard in one row: what the tree over shards adds. */
export function sumLength({ weightsLength, statistics }: Network): number {
  return statistics.reduce((length, row) => length + row.length, weightsLength);
}

/** Layer `index` with what it reads. @throws RangeError */
export function wiredAt(network: Network, index: number): WiredLayer {
  const layer = network.wired[index];
  if (layer === undefined) throw new RangeError(`there is no layer ${index}`);
  return layer;
}
