import type { LabelledPoints } from '../../modules/valuation/shapley.ts';
import { EconomyChain, MICRO, type Work } from '../chain.ts';
import { makeDataset, measureDataset, shardOf } from '../contributors.ts';
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

/** INF that the chain pays the attacker for these datasets, valued together with those of the others, in this order. */
export function reward(stage: Stage, own: readonly Dataset[], copies: readonly Dataset[] = []): number {
  return payRound([...offers(stage, own), ...copies.map((copy) => offer(stage, attacker, copy))], stage.shard);
}

/** The same in a round of one's own, after one in which everybody offered something. */
export function rewardAlone(stage: Stage, own: readonly Dataset[]): number {
  return payRound(offers({ ...stage, others: [] }, own), stage.shard, offers(stage, own));
}

/** A copy is committed to after what it copies: the attacker's own, then the others. */
function offers(stage: Stage, own: readonly Dataset[]): Offer[] {
  const mine = own.map((dataset) => offer(stage, attacker, dataset));
  return [...mine, ...stage.others.map((dataset, at) => offer(stage, honest(at), dataset))];
}

function offer({ shard }: Stage, contributor: Uint8Array, dataset: Dataset): Offer {
  return { contributor, metrics: measureDataset(dataset, shard), points: dataset.points };
}

type Offer = Pick<Work, 'contributor' | 'metrics' | 'listed' | 'points'>;

/** Right rows that twelve honest contributors and the attacker bring. */
const USUAL_ROWS = 1_870n;

/** One weekly epoch of the real rewards module after `before`; returns what the attacker's contributions earned in it. */
export function payRound(work: readonly Offer[], shard?: LabelledPoints, before: readonly Offer[] = []): number {
  const chain = new EconomyChain({ ...weeklySettings(1), together: shard !== undefined, usualRows: USUAL_ROWS });
  const price = [100, 100, 100, 100];
  let hour = 0;
  let id = 0n;
  const epoch = (offers: readonly Offer[]) => {
    const numbered = offers.map((each) => ({ ...each, kind: 1 as const, id: ++id }));
    const { epoch: open } = chain.emission;
    const middle = hour + 84;
    for (; chain.emission.epoch === open; hour += 2) {
      const due = hour === middle;
      chain.block(START + hour * HOUR, price, due ? numbered : [], due ? shard : undefined);
    }
    for (; chain.emission.paying > 0n; hour += 2) chain.block(START + hour * HOUR, price);
    return numbered.filter(({ contributor }) => contributor === attacker);
  };
  if (before.length > 0) epoch(before);
  const own = epoch(work);
  chain.audit();
  return own.reduce((sum, each) => sum + Number(chain.reward(each.id)?.amount ?? 0n) / MICRO, 0);
}

export interface Attack {
  readonly honest: readonly Dataset[];
  readonly attack: readonly Dataset[];
  readonly copies?: readonly Dataset[];
}

/** What the attack earns more than honest work, as a part of it, over some seeds. */
export function gain(attack: (stage: Stage) => Attack, seeds: readonly number[] = [1, 2]): number {
  let [usual, attacked] = [0, 0];
  for (const seed of seeds) {
    const stage = createStage(seed);
    const { attack: datasets, copies, honest: plain } = attack(stage);
    usual += reward(stage, plain);
    attacked += reward(stage, datasets, copies);
  }
  return attacked / usual - 1;
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

/** The dataset with every feature moved by at most `by`; clouds are about 3,000 wide. */
export function disturbed({ random }: Stage, { points, rows }: Dataset, by: number): Dataset {
  const features = points.features.map((row) => row.map((value) => value + random.below(2 * by + 1) - by));
  return { points: { features, labels: [...points.labels] }, rows };
}
