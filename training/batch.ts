import type { Dataset } from './dataset.ts';
import { recordOf } from './order.ts';
import type { PhiloxKey } from './random.ts';
import type { Spec } from './spec.ts';

/** The records of one step, in batch order, and what else the step depends on. */
export interface Batch {
  readonly key: PhiloxKey;
  /** Of the run, from 0. */
  readonly step: number;
  /** batch x features */
  readonly features: Float32Array;
  readonly labels: Float32Array;
}

/** The batch of step `step`, counted from 0 over the whole run. */
export function gatherBatch(spec: Spec, key: PhiloxKey, data: Dataset, step: number): Batch {
  const { batch, record } = spec;
  const features = new Float32Array(batch * record.features);
  const labels = new Float32Array(batch);
  for (let row = 0; row < batch; row += 1) {
    const index = recordOf(key, data.records, batch, step, row);
    features.set(data.features(index), row * record.features);
    labels[row] = data.label(index);
  }
  return { key, step, features, labels };
}
