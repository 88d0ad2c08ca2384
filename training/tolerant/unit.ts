import { gatherBatch } from '../batch.ts';
import { canonicalKernels, type Kernels } from '../canonical/kernels.ts';
import { finishStep, initialState } from '../canonical/step.ts';
import { batchRoots, digestOf, gradientRoot, type Leaf, noBatch, tensorRoot } from '../commit.ts';
import type { Dataset } from '../dataset.ts';
import { emptyRoot } from '../merkle.ts';
import { type Network, sumLength } from '../network.ts';
import { philoxKey } from '../random.ts';
import { unitCount } from '../spec.ts';

/** A unit of the tolerant lane is one step: a device's gradient, and F's update by it, which is exact. */
export interface TolerantUnit {
  readonly unit: number;
  readonly state: Float32Array;
  readonly leaf: Leaf;
}

/** Unit 0: the initial weights. */
export function initialTolerantUnit(network: Network, seed: Uint8Array): TolerantUnit {
  const state = initialState(network, philoxKey(seed));
  return {
    unit: 0,
    state,
    leaf: { stateRoot: tensorRoot(state), batchDigest: noBatch(), gradRoot: emptyRoot() },
  };
}

/** Unit u by a gradient, whoever computed it. @throws NonFiniteError where gradient or update is not finite */
export function tolerantUnit(
  network: Network,
  seed: Uint8Array,
  data: Dataset,
  unit: number,
  before: Float32Array,
  gradient: Float32Array,
  kernels: Kernels = canonicalKernels,
): TolerantUnit {
  const { spec } = network;
  if (unit < 1 || unit > unitCount(spec)) throw new RangeError(`the run has no unit ${unit}`);
  if (before.length !== network.stateLength) throw new RangeError(`a state has ${network.stateLength} values`);
  if (gradient.length !== sumLength(network)) throw new RangeError(`a gradient has ${sumLength(network)} values`);
  kernels.reset();
  kernels.ensureFinite(gradient, 'gradient');
  const batch = gatherBatch(spec, philoxKey(seed), data, unit - 1, kernels);
  const sum = { values: gradient, loss: 0 };
  const { state } = finishStep(network, kernels.adopt(before), batch, [sum], kernels);
  const leaf = {
    stateRoot: tensorRoot(state, kernels),
    batchDigest: digestOf(batchRoots(batch, data, kernels)),
    gradRoot: gradientRoot(gradient, kernels),
  };
  return { unit, state: state.slice(), leaf };
}
