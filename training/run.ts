import { gatherBatch } from './batch.ts';
import { canonicalKernels, type Kernels } from './canonical/kernels.ts';
import { initialState, trainStep } from './canonical/step.ts';
import { batchRoots, digestOf, type Leaf, noBatch, tensorRoot } from './commit.ts';
import type { Dataset } from './dataset.ts';
import type { Network } from './network.ts';
import { philoxKey } from './random.ts';
import { unitCount } from './spec.ts';

/** One unit of a run: its leaf, the state after it, and the mean loss of each of its steps. */
export interface UnitResult {
  readonly unit: number;
  readonly state: Float32Array;
  readonly leaf: Leaf;
  readonly losses: readonly number[];
}

/** Unit 0: the initial weights. */
export function initialUnit(network: Network, seed: Uint8Array): UnitResult {
  const state = initialState(network, philoxKey(seed));
  return { unit: 0, state, leaf: { stateRoot: tensorRoot(state), batchDigest: noBatch() }, losses: [] };
}

/**
 * Unit u (1 to T): `commit_every` steps from the state of leaf u - 1. What a trainer does, and a verifier again.
 * @throws NonFiniteError when a value is not finite: the run is INVALID
 */
export function runUnit(
  network: Network,
  seed: Uint8Array,
  data: Dataset,
  unit: number,
  before: Float32Array,
  kernels: Kernels = canonicalKernels,
): UnitResult {
  if (unit < 1 || unit > unitCount(network.spec)) throw new RangeError(`the run has no unit ${unit}`);
  if (before.length !== network.stateLength) throw new RangeError(`a state has ${network.stateLength} values`);
  const { commit_every: count } = network.spec;
  const key = philoxKey(seed);
  const losses: number[] = [];
  const roots: Uint8Array[] = [];
  let state = before;
  let root: Uint8Array = new Uint8Array(0);
  for (let step = (unit - 1) * count; step < unit * count; step += 1) {
    // What the kernels gave for the step before is not used again.
    kernels.reset();
    const batch = gatherBatch(network.spec, key, data, step, kernels);
    roots.push(...batchRoots(batch, data, kernels));
    const result = trainStep(network, state, batch, kernels);
    if (step + 1 === unit * count) root = tensorRoot(result.state, kernels);
    state = result.state.slice();
    losses.push(result.loss);
  }
  return { unit, state, leaf: { stateRoot: root, batchDigest: digestOf(roots) }, losses };
}

/** The whole run, unit 0 to T. @throws NonFiniteError */
export function* train(
  network: Network,
  seed: Uint8Array,
  data: Dataset,
  kernels: Kernels = canonicalKernels,
): Generator<UnitResult, void, undefined> {
  let result = initialUnit(network, seed);
  yield result;
  for (let unit = 1; unit <= unitCount(network.spec); unit += 1) {
    result = runUnit(network, seed, data, unit, result.state, kernels);
    yield result;
  }
}
