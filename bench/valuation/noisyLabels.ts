import { Random } from '../../economy/random.ts';
import { knnShapley, type LabelledPoints } from '../../modules/valuation/shapley.ts';
import { pointsOf, readSet, type SetName } from './sets.ts';

/** Neighbours that are asked. */
const K = 5;

/**
 * How well rows of a negative KNN-Shapley value are the ones whose label was changed: F1, the harmonic mean of precision and
 * recall. 70% of the rows train, `rate` of them with another label drawn at random; the others are the shard, untouched.
 */
export function noisyLabelF1(name: SetName, rate: number, seed: number): number {
  const all = pointsOf(readSet(name));
  const random = new Random(seed);
  const order = all.labels.map((_, row) => ({ row, key: random.unit() })).sort((a, b) => a.key - b.key);
  const count = Math.floor(order.length * 0.7);
  const pick = (rows: readonly { readonly row: number }[]): LabelledPoints => ({
    features: rows.map(({ row }) => all.features[row] ?? []),
    labels: rows.map(({ row }) => all.labels[row] ?? ''),
  });
  const train = pick(order.slice(0, count));
  const classes = [...new Set(all.labels)].sort();
  const noisy = Math.round(count * rate);
  const labels = train.labels.map((label, at) => {
    const others = classes.filter((other) => other !== label);
    return at < noisy ? (others[random.below(others.length)] ?? label) : label;
  });
  const { values } = knnShapley({ ...train, labels }, pick(order.slice(count)), K);
  const found = values.flatMap((value, at) => (value < 0n ? [at] : []));
  const right = found.filter((at) => at < noisy).length;
  return (2 * right) / (found.length + noisy);
}
