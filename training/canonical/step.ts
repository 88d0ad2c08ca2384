import type { Batch } from '../batch.ts';
import { layerStatistics, layerWeights, type Network, shardRows, sumLength, wiredAt } from '../network.ts';
import type { Place } from '../operators/operator.ts';
import { type PhiloxKey, philox, purposes, randomWord, unitFloat } from '../random.ts';
import { canonicalKernels, type Kernels } from './kernels.ts';
import { inTree } from './shards.ts';
import { updateState } from './update.ts';

/** F: what one step does to the state, bit for bit. See README.md for what is claimed about it. */

export interface StepResult {
  readonly state: Float32Array;
  /** Mean loss of the batch before the update; reported, not committed. */
  readonly loss: number;
}

/** The initial weight of element `element` of a parameter: limit * (2u - 1), u from Philox. Biases are +0. */
export function initialValue(key: PhiloxKey, parameter: number, limit: number, element: number): number {
  if (limit === 0) return 0;
  return weightOf(randomWord(key, 'weights', 0, parameter, element), limit);
}

function weightOf(word: number, limit: number): number {
  return Math.fround(Math.fround(2 * unitFloat(word) - 1) * limit);
}

/** The state's element before the first step: weights as above, slots +0, the optimizer's scalars. */
export function initialElement(network: Network, key: PhiloxKey, element: number): number {
  const { parameters, optimizer, weightsLength } = network;
  if (element >= weightsLength) {
    const row = network.statistics.findLast(({ offset }) => offset <= element);
    return row?.initial ?? optimizer.scalars[element - weightsLength * (1 + optimizer.slots)] ?? 0;
  }
  const index = parameters.findLastIndex(({ offset }) => offset <= element);
  const parameter = parameters[index];
  if (parameter === undefined) throw new RangeError(`no parameter has element ${element}`);
  return parameter.initial ?? initialValue(key, index, parameter.limit, element - parameter.offset);
}

/** Leaf 0: the state before the first step. */
export function initialState(network: Network, key: PhiloxKey): Float32Array {
  const state = new Float32Array(network.stateLength);
  const { optimizer, weightsLength } = network;
  state.set(optimizer.scalars, weightsLength * (1 + optimizer.slots));
  for (const { offset, length, initial } of network.statistics) state.fill(initial, offset, offset + length);
  let words: readonly number[] = [];
  network.parameters.forEach(({ offset, rows, cols, limit, initial }, index) => {
    if (initial !== undefined || limit === 0) {
      state.fill(initial ?? 0, offset, offset + rows * cols);
      return;
    }
    // Four elements share one call of Philox.
    for (let i = 0; i < rows * cols; i += 1) {
      if (i % 4 === 0) words = philox([i / 4, index, 0, purposes.weights], key);
      state[offset + i] = weightOf(words[i % 4] ?? 0, limit);
    }
  });
  return state;
}

/** What one shard adds to a step. */
export interface ShardSum {
  /** A gradient for each weight, then the shard's statistics, in the order of the network's rows. */
  readonly values: Float32Array;
  /** The shard's part of the batch's mean loss. */
  readonly loss: number;
}

/** Forward, backward, update. @throws NonFiniteError at the first operator whose output is not finite */
export function trainStep(
  network: Network,
  before: Float32Array,
  batch: Batch,
  kernels: Kernels = canonicalKernels,
): StepResult {
  const state = kernels.adopt(before);
  const shards = Array.from({ length: network.spec.shards }, (_, shard) =>
    shardSum(network, state, batch, shard, kernels),
  );
  return finishStep(network, state, batch, shards, kernels);
}

/** Forward and backward over the records of one shard: what other threads or devices can do apart. @throws NonFiniteError */
export function shardSum(
  network: Network,
  state: Float32Array,
  batch: Batch,
  shard: number,
  kernels: Kernels = canonicalKernels,
): ShardSum {
  const { spec, layers, wired, statistics, weightsLength } = network;
  kernels.ensureFinite(state, 'state');
  const rows = shardRows(spec);
  const firstRow = shard * rows;
  const { key, step } = batch;
  const place = (layer: number): Place => ({ key, step, layer, firstRow });
  const width = spec.record.features;
  const features = kernels.adopt(batch.features.subarray(firstRow * width, (firstRow + rows) * width));
  const values = forward(network, state, features, rows, kernels, place);
  const labels = batch.labels.subarray(firstRow, firstRow + rows);
  const logits = values.at(-1) ?? features;
  const { gradient, loss } = network.loss.backward(logits, labels, rows, spec.record.classes, spec.batch, kernels);
  const sum = kernels.room(sumLength(network)).fill(0);
  backward(network, state, { values, rows, place }, kernels.adopt(gradient), sum, kernels);
  let offset = weightsLength;
  wired.forEach(({ source }, layer) => {
    const x = values[source] ?? features;
    for (const row of layers[layer]?.statistics?.measure(x, rows, kernels) ?? []) {
      sum.set(row, offset);
      offset += row.length;
    }
  });
  if (offset !== weightsLength + statistics.reduce((length, row) => length + row.length, 0))
    throw new RangeError('a layer measures other statistics than it keeps');
  return { values: sum, loss };
}

/** Adds what the shards computed, wherever that was, and updates the state. @throws NonFiniteError */
export function finishStep(
  network: Network,
  state: Float32Array,
  batch: Batch,
  shards: readonly ShardSum[],
  kernels: Kernels = canonicalKernels,
): StepResult {
  const { values, loss } = inTree(shards, (left, right) => {
    const values = kernels.add(left.values, right.values);
    kernels.ensureFinite(values, 'sum over shards');
    return { values, loss: Math.fround(left.loss + right.loss) };
  });
  const next = updateState(network, state, values, batch.step, kernels);
  kernels.ensureFinite(next, 'update');
  return { state: next, loss };
}

/** Input of every layer and, last, the output of the network; by the batch's statistics, or the running ones. */
export function activations(
  network: Network,
  state: Float32Array,
  features: Float32Array,
  rows: number,
  kernels: Kernels = canonicalKernels,
  running = false,
): Float32Array[] {
  return forward(network, state, features, rows, kernels, undefined, running);
}

/** Every value: the features, then each layer's output. */
function forward(
  network: Network,
  state: Float32Array,
  features: Float32Array,
  rows: number,
  kernels: Kernels,
  place?: (layer: number) => Place,
  running = false,
): Float32Array[] {
  const values = [features];
  network.wired.forEach(({ layer, source, other }, index) => {
    const x = values[source] ?? features;
    const weights = layerWeights(network, state, index);
    const evaluated = running
      ? layer.statistics?.evaluate(weights, layerStatistics(network, state, index), x)
      : undefined;
    const second = other === undefined ? undefined : values[other];
    values.push(evaluated ?? layer.forward(weights, x, rows, kernels, place?.(index), second));
  });
  return values;
}

interface Forward {
  readonly values: readonly Float32Array[];
  readonly rows: number;
  readonly place: (layer: number) => Place;
}

/**
 * Gradients of all parameters, in state order, into `gradients`. A value that several layers read has the sum of their
 * gradients, added from the last of those layers to the first.
 */
function backward(
  network: Network,
  state: Float32Array,
  { values, rows, place }: Forward,
  gradient: Float32Array,
  gradients: Float32Array,
  kernels: Kernels,
): void {
  const slopes: (Float32Array | undefined)[] = [];
  slopes[network.layers.length] = gradient;
  const pass = (value: number, slope: Float32Array) => {
    const known = slopes[value];
    if (known === undefined) {
      slopes[value] = slope;
      return;
    }
    const sum = kernels.add(known, slope);
    kernels.ensureFinite(sum, 'sum of gradients');
    slopes[value] = sum;
  };
  for (let index = network.layers.length - 1; index >= 0; index -= 1) {
    const { layer, source, other } = wiredAt(network, index);
    const x = values[source];
    const dy = slopes[index + 1];
    if (x === undefined || dy === undefined) throw new RangeError(`layer ${index} has no input`);
    const weights = layerWeights(network, state, index);
    const result = layer.backward(weights, x, dy, rows, source > 0, kernels, place(index));
    layerWeights(network, gradients, index).forEach((target, i) => {
      target.set(result.parameters[i] ?? target);
    });
    if (source > 0) pass(source, result.input);
    if (other !== undefined) pass(other, result.input);
  }
}
