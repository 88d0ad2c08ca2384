import { type Leaf, StepTree, stateRoot } from '../commit.ts';
import type { Dataset } from '../dataset.ts';
import { type Network, networkOf } from '../network.ts';
import type { Spec } from '../spec.ts';
import { referenceGradient } from '../tolerant/check.ts';
import { initialTolerantUnit, tolerantUnit } from '../tolerant/unit.ts';
import { smallSpec, testSeed } from './fixtures.ts';
import { RUN_ID } from './play.ts';

/** Runs of the tolerant lane without a device: F's gradient, moved as a device's rounding or a cheat would. */

export interface TolerantRun {
  readonly network: Network;
  readonly data: Dataset;
  readonly states: readonly Float32Array[];
  /** By unit; unit 0 has none. */
  readonly gradients: readonly Float32Array[];
  readonly leaves: readonly Leaf[];
  readonly steps: StepTree;
}

export function tolerantSpec(changes: Partial<Record<keyof Spec, unknown>> = {}): Spec {
  return smallSpec({ lane: 'tolerant', steps: 12, ...changes });
}

/** What a device makes of F's gradient of a unit. */
export type Device = (gradient: Float32Array, unit: number) => Float32Array;

/** Rounds otherwise than F in every third element. */
export const otherRounding: Device = (gradient) =>
  gradient.map((value, i) => (i % 3 === 0 ? value * (1 + 2 ** -22) : value));

/** @param tamper changes a state before it is committed */
export function trainTolerantly(
  spec: Spec,
  data: Dataset,
  device: Device = otherRounding,
  tamper: (unit: number, state: Float32Array) => Float32Array = (_unit, state) => state,
): TolerantRun {
  const network = networkOf(spec);
  const first = initialTolerantUnit(network, testSeed);
  const states = [first.state];
  const leaves: Leaf[] = [first.leaf];
  const gradients: Float32Array[] = [new Float32Array(0)];
  for (let unit = 1; unit <= spec.steps; unit += 1) {
    const before = states[unit - 1] ?? first.state;
    const gradient = device(referenceGradient(network, testSeed, data, unit, before).gradient, unit);
    const { leaf, state } = tolerantUnit(network, testSeed, data, unit, before, gradient);
    const after = tamper(unit, state);
    gradients.push(gradient);
    states.push(after);
    leaves.push(after === state ? leaf : { ...leaf, stateRoot: stateRoot(after) });
  }
  return { network, data, states, gradients, leaves, steps: new StepTree(RUN_ID, leaves) };
}
