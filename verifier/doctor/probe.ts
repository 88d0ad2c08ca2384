import type { Kernels } from '../../training/canonical/kernels.ts';
import { Dataset, encodeRecords } from '../../training/dataset.ts';
import { type Network, networkOf } from '../../training/network.ts';
import { philoxKey, randomWord, unitFloat } from '../../training/random.ts';
import { initialUnit, runUnit } from '../../training/run.ts';
import { checkSpec, type Spec } from '../../training/spec.ts';

/** The work that every backend is given: a small network for digits, on records made from a fixed seed. */
export interface Probe {
  readonly spec: Spec;
  readonly network: Network;
  readonly seed: Uint8Array;
  readonly records: Uint8Array;
  readonly data: Dataset;
}

export function makeProbe(): Probe {
  const spec = checkSpec({
    opset: 1,
    lane: 'exact',
    input: [784],
    layers: [{ op: 'dense', units: 32 }, { op: 'relu' }, { op: 'dense', units: 10 }],
    loss: 'softmax_cross_entropy',
    optimizer: { op: 'sgd', learning_rate: 0.1 },
    batch: 32,
    steps: 1_000,
    commit_every: 1,
    shards: 1,
    record: { features: 784, classes: 10 },
  });
  const seed = new Uint8Array(32).fill(7);
  const key = philoxKey(seed);
  const records = encodeRecords(
    spec.record,
    Array.from({ length: 256 }, (_, row) => ({
      features: Float32Array.from({ length: 784 }, (__, col) => unitFloat(randomWord(key, 'order', 1, row, col))),
      label: row % 10,
    })),
  );
  return { spec, network: networkOf(spec), seed, records, data: new Dataset(spec.record, records) };
}

/** What F makes of the first steps; `states[t]` is after t of them. */
export function runCanonical(probe: Probe, steps: number, kernels?: Kernels): Float32Array[] {
  const states = [initialUnit(probe.network, probe.seed).state];
  for (let unit = 1; unit <= steps; unit++) {
    const before = states[unit - 1] ?? new Float32Array(0);
    states.push(Float32Array.from(runUnit(probe.network, probe.seed, probe.data, unit, before, kernels).state));
  }
  return states;
}

/** Largest distance of a state from F's, relative to the largest change that training made. */
export function distance(start: Float32Array, exact: Float32Array, other: Float32Array): number {
  let [most, change] = [0, 0];
  for (const [i, value] of exact.entries()) {
    // What is missing, or NaN, makes the distance NaN, which is within no tolerance.
    most = Math.max(most, Math.abs(value - (other[i] ?? Number.NaN)));
    change = Math.max(change, Math.abs(value - (start[i] ?? 0)));
  }
  return most / change;
}
