import type { Dataset } from '../dataset.ts';
import type { Network } from '../network.ts';
import { canonicalKernels, type Kernels } from './kernels.ts';
import { activations } from './step.ts';

/** Records evaluated at a time; the results do not depend on it. */
const CHUNK = 256;

/** How many records a network classifies rightly, an exact integer that every seat gets alike. */
export interface Accuracy {
  readonly correct: number;
  readonly records: number;
  /** correct / records in 10^-6, rounded down. */
  readonly ppm: number;
}

/** The class of each row of `features` (rows x features): the largest logit, of equal ones the first. @throws NonFiniteError */
export function predict(
  network: Network,
  state: Float32Array,
  features: Float32Array,
  rows: number,
  kernels: Kernels = canonicalKernels,
): number[] {
  const logits = activations(network, state, features, rows, kernels, true).pop() ?? features;
  const { classes } = network.spec.record;
  return Array.from({ length: rows }, (_, row) => {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    return scores.reduce((best, score, col) => (score > (scores[best] ?? 0) ? col : best), 0);
  });
}

/** Accuracy on a shard of records. @throws NonFiniteError */
export function accuracy(
  network: Network,
  state: Float32Array,
  shard: Dataset,
  kernels: Kernels = canonicalKernels,
): Accuracy {
  const width = network.spec.record.features;
  let correct = 0;
  for (let start = 0; start < shard.records; start += CHUNK) {
    const rows = Math.min(CHUNK, shard.records - start);
    const features = new Float32Array(rows * width);
    for (let row = 0; row < rows; row += 1) features.set(shard.features(start + row), row * width);
    kernels.reset();
    predict(network, state, features, rows, kernels).forEach((label, row) => {
      if (label === shard.label(start + row)) correct += 1;
    });
  }
  return { correct, records: shard.records, ppm: Math.floor((correct * 1_000_000) / shard.records) };
}
