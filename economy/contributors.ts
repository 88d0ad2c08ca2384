import { impactMetric } from '../modules/valuation/formulas.ts';
import { knnShapley, type LabelledPoints } from '../modules/valuation/shapley.ts';
import type { Metric } from '../proto/generated/infinet/valuation/v1/types.ts';
import { MICRO, NEIGHBOURS } from './chain.ts';
import type { Random } from './random.ts';

const SHARD_ROWS = 100;
const ROWS = 200;

/** Someone whose work has a quality that the simulation knows and the chain has to find out. */
export interface Contributor {
  readonly name: string;
  readonly address: Uint8Array;
  readonly kind: 1 | 2;
  /** Share of the rows that are right, or of the shard that the model gets right beyond the baseline; in [0, 1]. */
  readonly quality: number;
}

/** Qualities spread evenly from 0.3 to 1, in an order that follows from the seed. */
export function contributors(random: Random, datasets: number, models: number): Contributor[] {
  const qualities = (count: number): number[] => {
    const steps = Array.from({ length: count }, (_, at) => 0.3 + (0.7 * at) / Math.max(1, count - 1));
    return steps
      .map((quality) => ({ quality, key: random.unit() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ quality }) => quality);
  };
  const made = (kind: 1 | 2, count: number): Contributor[] =>
    qualities(count).map((quality, at) => ({
      name: `${kind === 1 ? 'dataset' : 'model'} ${at + 1}`,
      address: new Uint8Array(20).fill(at + 1).fill(100 + kind, 0, 1),
      kind,
      quality,
    }));
  return [...made(1, datasets), ...made(2, models)];
}

/** Two overlapping clouds of points in the plane, labelled by cloud. */
export function cloudPoints(random: Random, count: number): LabelledPoints {
  const labels = Array.from({ length: count }, (_, at) => (at % 2 === 0 ? 'a' : 'b'));
  const features = labels.map((label) =>
    [label === 'a' ? -1 : 1, 0].map((centre) => Math.round(1000 * (centre + 0.45 * random.normal()))),
  );
  return { features, labels };
}

/** A fresh shard, one for each round. */
export function shardOf(random: Random): LabelledPoints {
  return cloudPoints(random, SHARD_ROWS);
}

/**
 * A dataset whose rows are right with probability `quality`. Of those that are not, a third lacks its features and
 * cannot be used, the others have a label drawn at random.
 */
export function makeDataset(random: Random, quality: number, rows = ROWS): { points: LabelledPoints; rows: number } {
  const { features, labels } = cloudPoints(random, rows);
  const points: { features: number[][]; labels: string[] } = { features: [], labels: [] };
  for (const [row, label] of labels.entries()) {
    const isRight = random.unit() < quality;
    if (!isRight && random.below(3) === 0) continue;
    points.features.push([...(features[row] ?? [])]);
    points.labels.push(isRight ? label : random.below(2) === 0 ? 'a' : 'b');
  }
  return { points, rows };
}

/** What verifiers agree on for a dataset: the share of complete rows, and the rows' KNN-Shapley values on the shard. */
export function measureDataset(dataset: { points: LabelledPoints; rows: number }, shard: LabelledPoints): Metric[] {
  const { points, rows } = dataset;
  const usable = points.labels.length;
  const impact = usable === 0 ? 0n : knnShapley(points, shard, NEIGHBOURS).utilityMicro;
  const whole = BigInt(MICRO);
  return [
    { name: 'completeness', value: (BigInt(usable) * whole) / BigInt(rows) },
    { name: 'accuracy', value: whole },
    { name: 'consistency', value: whole },
    { name: 'timeliness', value: whole },
    { name: impactMetric, value: impact },
  ];
}

/** A model's accuracy on a fresh shard of 400 rows: right with the probability that its quality means. */
export function measureModel(random: Random, quality: number): Metric[] {
  const rows = 400;
  let right = 0;
  for (let row = 0; row < rows; row++) if (random.unit() < 0.5 + quality / 2) right += 1;
  return [{ name: 'accuracy', value: BigInt(Math.round((right * MICRO) / rows)) }];
}

/** What one contribution of this round brings: its metrics, and a dataset's rows. */
export function produce(
  random: Random,
  { kind, quality }: Contributor,
  shard: LabelledPoints,
): { readonly metrics: Metric[]; readonly points?: LabelledPoints } {
  if (kind === 2) return { metrics: measureModel(random, quality) };
  const dataset = makeDataset(random, quality);
  return { metrics: measureDataset(dataset, shard), points: dataset.points };
}
