import type { Batch } from '../../../training/batch.ts';
import { StepTree } from '../../../training/commit.ts';
import type { RunFacts } from '../../../training/dispute.ts';
import { firstDifference } from '../../../training/prover.ts';
import { packedStride } from '../../../training/rules.ts';
import { type Outcome, play } from '../../../training/testing/play.ts';
import { evaluateTensor, Trace, traceUnit } from '../../../training/trace.ts';
import type { Claim, Setting } from './attack.ts';

/**
 * The dispute that a worker opens over a unit it called FRAUD: the challenger's side is the worker's, and the cheater shows
 * all that fits to its commitment, so that it never loses by silence.
 */
export function playDispute(setting: Setting, claim: Claim, unit: number): Outcome {
  const { network, seed, data, runId } = setting;
  const before = unit === 0 ? new Float32Array(0) : claim.served(unit - 1);
  if (before === undefined) throw new RangeError(`the state before unit ${unit} is withheld`);
  const own = traceUnit(network, seed, data, unit, before);
  const facts: RunFacts = {
    spec: network.spec,
    runId,
    seed,
    dataRoot: data.root,
    records: data.records,
    stepRoot: claim.stepRoot,
  };
  const steps = new StepTree(runId, claim.leaves);
  return play(facts, unit, shownTrace(setting, claim, unit, own), steps, (walk) => firstDifference(walk, own));
}

/** The batch that the leaf's digest covers, what follows from it, and the state that the leaf claims. */
function shownTrace({ data }: Setting, claim: Claim, unit: number, own: Trace): Trace {
  const values = [...own.values];
  const { dag } = own;
  const batch = claim.batches.get(unit);
  if (batch !== undefined) {
    for (const [at, tensor] of packed(batch).entries()) values[dag.batch.start + at] = tensor;
    for (let at = 0; at < dag.inner.count; at++) {
      values[dag.inner.start + at] = evaluateTensor(dag, values, dag.inner.start + at);
    }
  }
  const claimed = claim.served(unit);
  if (claimed !== undefined) values[dag.after] = claimed;
  return new Trace(dag, values, data.tree);
}

/** Features, then labels, as the trace lays them out. */
function packed({ features, labels }: Batch): Float32Array[] {
  const rows = labels.length;
  const cols = features.length / rows;
  const stride = packedStride(cols);
  const wide = new Float32Array(rows * stride);
  for (let row = 0; row < rows; row++) wide.set(features.subarray(row * cols, (row + 1) * cols), row * stride);
  const long = new Float32Array(packedStride(rows));
  long.set(labels);
  return [wide, long];
}
