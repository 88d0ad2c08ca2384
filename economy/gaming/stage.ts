import { knnShapley, type LabelledPoints, SHAPLEY_SCALE } from '../../modules/valuation/shapley.ts';
import { EconomyChain, MICRO, type Work } from '../chain.ts';
import { makeDataset, measureDataset, NEIGHBOURS, shardOf } from '../contributors.ts';
import { weeklySettings } from '../history.ts';
import { Random } from '../random.ts';

const START = 1_704_067_200;
const HOUR = 3_600;

export interface Dataset {
  readonly points: LabelledPoints;
  readonly rows: number;
}

/** One round in which an attacker competes with twelve honest contributors of qualities from 0.5 to 1. */
export interface Stage {
  readonly random: Random;
  readonly shard: LabelledPoints;
  readonly others: readonly Dataset[];
  /** What the attacker has to begin with: quality 0.8. */
  readonly own: Dataset;
}

export function createStage(seed: number): Stage {
  const random = new Random(seed);
  const shard = shardOf(random);
  const others = Array.from({ length: 12 }, (_, at) => makeDataset(random, 0.5 + at / 22));
  return { random, shard, others, own: makeDataset(random, 0.8) };
}

export const attacker = new Uint8Array(20).fill(66);
const honest = (at: number): Uint8Array => new Uint8Array(20).fill(100 + at);

/** INF that the chain pays the attacker for these datasets, each valued alone as the chain does today. */
export function rewardAlone(stage: Stage, datasets: readonly Dataset[]): number {
  const metrics = (dataset: Dataset) => measureDataset(dataset, stage.shard);
  return payRound([
    ...datasets.map((dataset) => ({ contributor: attacker, metrics: metrics(dataset) })),
    ...stage.others.map((dataset, at) => ({ contributor: honest(at), metrics: metrics(dataset) })),
  ]);
}

/** The same if all rows of the round were valued together: no module does this yet, the formula exists. */
export function rewardTogether(stage: Stage, datasets: readonly Dataset[]): number {
  const all = [...datasets, ...stage.others];
  const points = {
    features: all.flatMap((dataset) => [...dataset.points.features]),
    labels: all.flatMap((dataset) => [...dataset.points.labels]),
  };
  const { values } = knnShapley(points, stage.shard, NEIGHBOURS);
  let from = 0;
  const sums = all.map((dataset) => {
    const own = values.slice(from, from + dataset.points.labels.length);
    from += own.length;
    return Math.max(0, Number(own.reduce((sum, value) => sum + value, 0n)) / Number(SHAPLEY_SCALE));
  });
  const total = sums.reduce((sum, value) => sum + value, 0);
  return sums.slice(0, datasets.length).reduce((sum, value) => sum + value, 0) / total;
}

/** One weekly epoch of the real rewards module; returns what the attacker's contributions earned. */
export function payRound(work: readonly Pick<Work, 'contributor' | 'metrics' | 'listed'>[]): number {
  const chain = new EconomyChain(weeklySettings(1));
  const numbered = work.map((each, at) => ({ ...each, kind: 1 as const, id: BigInt(at + 1) }));
  const price = [100, 100, 100, 100];
  for (let hour = 0; chain.emission.epoch === 1n; hour += 2) {
    chain.block(START + hour * HOUR, price, hour === 84 ? numbered : []);
  }
  for (let block = 0; chain.emission.paying > 0n; block++) chain.block(START + (170 + block) * HOUR, price);
  chain.audit();
  const own = numbered.filter(({ contributor }) => contributor === attacker);
  return own.reduce((sum, { id }) => sum + Number(chain.reward(id)?.amount ?? 0n) / MICRO, 0);
}

/** What the attack earns more than honest work, as a part of it, on average over some seeds. */
export function gain(
  reward: (stage: Stage, datasets: readonly Dataset[]) => number,
  attack: (stage: Stage) => { readonly honest: readonly Dataset[]; readonly attack: readonly Dataset[] },
): number {
  const stages = [1, 2, 3].map(createStage);
  const sums = stages.map((stage) => {
    const datasets = attack(stage);
    return [reward(stage, datasets.honest), reward(stage, datasets.attack)] as const;
  });
  const honestSum = sums.reduce((sum, [usual]) => sum + usual, 0);
  return sums.reduce((sum, [, attacked]) => sum + attacked, 0) / honestSum - 1;
}

/** A dataset cut into equal pieces, in the order of its rows. */
export function cut({ points, rows }: Dataset, pieces: number): Dataset[] {
  const size = points.labels.length / pieces;
  return Array.from({ length: pieces }, (_, at) => {
    const [from, to] = [Math.round(at * size), Math.round((at + 1) * size)];
    return {
      points: { features: points.features.slice(from, to), labels: points.labels.slice(from, to) },
      rows: Math.round(((to - from) * rows) / points.labels.length),
    };
  });
}

export function joined(datasets: readonly Dataset[]): Dataset {
  return {
    points: {
      features: datasets.flatMap(({ points }) => [...points.features]),
      labels: datasets.flatMap(({ points }) => [...points.labels]),
    },
    rows: datasets.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** The dataset with every feature moved by at most 2 of about 3,000. */
export function disturbed({ random }: Stage, { points, rows }: Dataset): Dataset {
  const features = points.features.map((row) => row.map((value) => value + random.below(5) - 2));
  return { points: { features, labels: [...points.labels] }, rows };
}
