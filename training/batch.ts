import { canonicalKernels, type Kernels } from './canonical/kernels.ts';
import type { Dataset } from './dataset.ts';
import { batchStart, recordOf } from './order.ts';
import type { PhiloxKey } from './random.ts';
import type { Spec } from './spec.ts';

/** The records of one step, in batch order, and what else the step depends on. */
export interface Batch {
  readonly key: PhiloxKey;
  /** Of the run, from 0. */
  readonly step: number;
  /** Of the data, in batch order. */
  readonly records: ArrayLike<number>;
  /** batch x features */
  readonly features: Float32Array;
  readonly labels: Float32Array;
}

/** The batch of step `step`, counted from 0 over the whole run. */
export function gatherBatch(
  spec: Spec,
  key: PhiloxKey,
  data: Dataset,
  step: number,
  kernels: Kernels = canonicalKernels,
): Batch {
  const { batch, record } = spec;
  const features = kernels.room(batch * record.features);
  const labels = kernels.room(batch);
  const records = recordsOf(key, data.records, batch, step, kernels);
  for (let row = 0; row < batch; row += 1) {
    const index = records[row] ?? 0;
    features.set(data.features(index), row * record.features);
    labels[row] = data.label(index);
  }
  return { key, step, records, features, labels };
}

function recordsOf(key: PhiloxKey, records: number, batch: number, step: number, kernels: Kernels): ArrayLike<number> {
  const { epoch, position } = batchStart(records, batch, step);
  return (
    kernels.order(key, epoch, records, position, batch) ??
    Array.from({ length: batch }, (_, row) => recordOf(key, records, batch, step, row))
  );
}
