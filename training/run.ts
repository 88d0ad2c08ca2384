import { gatherBatch } from './batch.ts';
import type { Kernels } from './canonical/kernels.ts';
import { initialState, trainStep } from './canonical/step.ts';
import { batchDigest, type Leaf, noBatch, stateRoot } from './commit.ts';
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
  return { unit: 0, state, leaf: { stateRoot: stateRoot(state), batchDigest: noBatch() }, losses: [] };
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
  kernels?: Kernels,
): UnitResult {
  if (unit < 1 || unit > unitCount(network.spec)) throw new RangeError(`the run has no unit ${unit}`);
  if (before.length !== network.stateLength) throw new RangeError(`a state has ${network.stateLength} values`);
  const { commit_every: count } = network.spec;
  const key = philoxKey(seed);
  const losses: number[] = [];
  const batches = Array.from({ length: count }, (_, i) => gatherBatch(network.spec, key, data, (unit - 1) * count + i));
  let state = before;
  for (const batch of batches) {
    const result = trainStep(network, state, batch, kernels);
    state = result.state;
    losses.push(result.loss);
  }
  return { unit, state, leaf: { stateRoot: stateRoot(state), batchDigest: batchDigest(batches) }, losses };
}

/** The whole run, unit 0 to T. @throws NonFiniteError */
export function* train(network: Network, seed: Uint8Array, data: Dataset): Generator<UnitResult, void, undefined> {
  let result = initialUnit(network, seed);
  yield result;
  for (let unit = 1; unit <= unitCount(network.spec); unit += 1) {
    result = runUnit(network, seed, data, unit, result.state);
    yield result;
  }
}
