import type { Batch } from '../batch.ts';
import { layerStatistics, layerWeights, type Network } from '../network.ts';
import { type PhiloxKey, randomWord, unitFloat } from '../random.ts';
import { canonicalKernels, type Kernels } from './kernels.ts';
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
  const u = unitFloat(randomWord(key, 'weights', 0, parameter, element));
  return Math.fround(Math.fround(2 * u - 1) * limit);
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
  network.parameters.forEach(({ offset, rows, cols, limit, initial }, index) => {
    for (let i = 0; i < rows * cols; i += 1) state[offset + i] = initial ?? initialValue(key, index, limit, i);
  });
  return state;
}

/** Forward, backward, update. @throws NonFiniteError at the first operator whose output is not finite */
export function trainStep(
  network: Network,
  before: Float32Array,
  batch: Batch,
  kernels: Kernels = canonicalKernels,
): StepResult {
  const state = kernels.adopt(before);
  kernels.ensureFinite(state, 'state');
  const rows = network.spec.batch;
  const inputs = activations(network, state, kernels.adopt(batch.features), rows, kernels);
  const logits = inputs.pop() ?? batch.features;
  const { gradient, loss } = network.loss.backward(logits, batch.labels, rows, network.spec.record.classes);
  const gradients = backward(network, state, inputs, kernels.adopt(gradient), kernels);
  const measured = network.layers.flatMap(({ statistics }, index) => [
    ...(statistics?.measure(inputs[index] ?? batch.features, rows, kernels) ?? []),
  ]);
  const next = updateState(network, state, gradients, measured);
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
  const values = [features];
  network.layers.forEach((layer, index) => {
    const x = values[index] ?? features;
    const weights = layerWeights(network, state, index);
    const evaluated = running
      ? layer.statistics?.evaluate(weights, layerStatistics(network, state, index), x)
      : undefined;
    values.push(evaluated ?? layer.forward(weights, x, rows, kernels));
  });
  return values;
}

/** Gradients of all parameters, in state order. */
function backward(
  network: Network,
  state: Float32Array,
  inputs: readonly Float32Array[],
  gradient: Float32Array,
  kernels: Kernels,
): Float32Array {
  const gradients = new Float32Array(network.weightsLength);
  let dy = gradient;
  for (let index = network.layers.length - 1; index >= 0; index -= 1) {
    const weights = layerWeights(network, state, index);
    const x = inputs[index];
    const result = x && network.layers[index]?.backward(weights, x, dy, network.spec.batch, index > 0, kernels);
    if (result === undefined) throw new RangeError(`layer ${index} has no input`);
    layerWeights(network, gradients, index).forEach((target, i) => {
      target.set(result.parameters[i] ?? target);
    });
    dy = result.input;
  }
  return gradients;
}
