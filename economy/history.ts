import type { LabelledPoints } from '../modules/valuation/shapley.ts';
import { defaultParams, EconomyChain, MICRO, type Work } from './chain.ts';
import { type Contributor, contributors, produce, shardOf } from './contributors.ts';
import { bitcoinMonths, priceAt } from './prices.ts';
import { Random } from './random.ts';

const HOUR = 3_600;
const WEEK = 168 * HOUR;
/** Blocks two hours apart: the chain makes thousands between them, which would change nothing but the time it takes. */
const BLOCK = 2 * HOUR;
/** How far validators' sources lie apart, as a part of the price. */
const SPREAD = 0.001;
/** Bitcoin's usual daily deviation, for the run that does not smooth the months out. */
export const DAILY_DEVIATION = 0.04;

export interface HistoryOptions {
  readonly seed: number;
  /** Weeks to run, at most all from the end of January 2012 to the end of 2024. */
  readonly weeks: number;
  readonly datasets: number;
  readonly models: number;
  /** Target value of an epoch as a multiple of the first cap; the chain begins with 1. */
  readonly targetMultiple: number;
  /** Deviation of the price in a day about the interpolated months, as a part of it. */
  readonly dailyDeviation: number;
}

/** Right rows beyond guessing that a dataset brings, on average: what the average on the chain would have come to. */
const RIGHT_ROWS = 120;

/** One contribution as planted and as paid. */
export interface Reward {
  readonly contributor: Contributor;
  /** In 10^-6. */
  readonly weight: number;
  /** INF. */
  readonly tokens: number;
}

/** An epoch of a week, in which every contributor's work becomes final. Amounts in INF. */
export interface Round {
  readonly epoch: number;
  /** Seconds since the Unix epoch. */
  readonly end: number;
  readonly spot: number;
  readonly slow: number;
  /** Prices relative to the start. */
  readonly spotIndex: number;
  readonly slowIndex: number;
  readonly halvings: number;
  readonly cap: number;
  readonly draw: number;
  readonly budget: number;
  readonly paid: number;
  /** Data and model contributions together. */
  readonly toContributors: number;
  readonly reserve: number;
  readonly scheduled: number;
  readonly issued: number;
  /** What held the rewards of contributors: schedule, value or supply the budget, or rate what their weight may earn of it. */
  readonly limit: string;
  readonly rewards: readonly Reward[];
}

/** Weekly epochs at the pace of a public chain's hourly ones: what counts by the epoch is 168 times as much. */
export function weeklySettings(targetMultiple: number) {
  const params = defaultParams('rewards');
  const cap = BigInt(String(params.base_cap)) * 168n;
  const rate = (cap / 10n).toString();
  const streams: unknown = params.streams;
  if (!Array.isArray(streams)) throw new Error('rewards has no streams');
  return {
    rewards: {
      epoch_seconds: String(WEEK),
      base_cap: cap.toString(),
      target_value: ((cap * BigInt(Math.round(targetMultiple * 1000))) / 1000n).toString(),
      reserve_bound: cap.toString(),
      streams: streams.map((stream) => {
        const { name, share_ppm } = Object(stream);
        const rated = name !== 'stakers' && name !== 'community';
        // A full round of data weighs one: its stream has no other objective here, and may be paid out whole.
        const most = name === 'verifiers' ? (cap / 1000n).toString() : name === 'data' ? (cap / 2n).toString() : rate;
        return { name, share_ppm, rate: rated ? most : '0' };
      }),
      verifier_allowance: (cap / 100n).toString(),
    },
    // Slower than a public chain's windows of one hour, so that the slow price lags more here than there.
    oracle: { window_seconds: String(3 * BLOCK), max_age_seconds: String(BLOCK) },
  };
}

/** The economy over Bitcoin's prices, a round a week, all from one seed. */
export function runHistory(options: HistoryOptions): Round[] {
  const months = bitcoinMonths();
  const begin = months[0]?.time ?? 0;
  const end = Math.min(months.at(-1)?.time ?? 0, begin + (options.weeks + 1) * WEEK);
  const random = new Random(options.seed);
  const people = contributors(random, options.datasets, options.models);
  const usualRows = BigInt(RIGHT_ROWS * options.datasets);
  const chain = new EconomyChain({ ...weeklySettings(options.targetMultiple), together: true, usualRows });
  const noise = new Random(options.seed + 1);
  const rounds: Round[] = [];
  let id = 0n;
  let drift = 0;
  let due: { id: bigint; contributor: Contributor }[] = [];
  for (let time = begin; time <= end; time += BLOCK) {
    drift = wander(drift, options.dailyDeviation, noise);
    const spot = priceAt(months, time) * Math.exp(drift);
    const prices = [1, 2, 3, 4].map(() => spot * (1 + SPREAD * (2 * noise.unit() - 1)));
    const work: Work[] = [];
    let opened: LabelledPoints | undefined;
    // In the middle of the week, when the round's shard was opened and the verdicts are final.
    if (Math.round((time - begin) / BLOCK) % (WEEK / BLOCK) === WEEK / BLOCK / 2) {
      const shard = shardOf(random);
      opened = shard;
      due = people.map((contributor) => ({ id: ++id, contributor }));
      for (const { id: contribution, contributor } of due) {
        const { kind, address } = contributor;
        work.push({ id: contribution, kind, contributor: address, ...produce(random, contributor, shard) });
      }
    }
    const before = chain.emission.epoch;
    chain.block(time, prices, work, opened);
    if (chain.emission.epoch > before) {
      rounds.push(roundOf(chain, time, spot, due));
      if (rounds.length % 26 === 1) chain.audit();
    }
  }
  chain.audit();
  return rounds;
}

/** A deviation from the interpolated price that always tends back to it within some days. */
function wander(drift: number, daily: number, random: Random): number {
  const steps = (24 * HOUR) / BLOCK;
  return daily === 0 ? 0 : drift * (1 - 0.1 / steps) + (daily / Math.sqrt(steps)) * random.normal();
}

function roundOf(
  chain: EconomyChain,
  time: number,
  spot: number,
  due: readonly { id: bigint; contributor: Contributor }[],
): Round {
  const summary = chain.lastEpoch;
  const price = chain.price;
  if (summary === undefined || price === undefined) throw new Error('an epoch closed that is not there');
  const inf = (amount: bigint): number => Number(amount) / MICRO;
  const byRate = due.some(({ id }) => chain.reward(id)?.rateBound);
  const paidTo = (name: string): number => inf(summary.streams.find((stream) => stream.name === name)?.paid ?? 0n);
  return {
    epoch: Number(summary.epoch),
    end: time,
    spot,
    slow: price.slow,
    spotIndex: spot / price.start,
    slowIndex: Number(summary.indexPpm) / MICRO,
    halvings: Number(summary.halvings),
    cap: inf(summary.cap),
    draw: inf(summary.drawLimit),
    budget: inf(summary.budget),
    paid: inf(summary.paid),
    toContributors: paidTo('data') + paidTo('model'),
    reserve: inf(summary.reserve),
    scheduled: inf(summary.scheduled),
    issued: inf(summary.issued),
    limit: byRate ? 'rate' : summary.limit,
    rewards: due.map(({ id, contributor }) => {
      const record = chain.reward(id);
      return { contributor, weight: Number(record?.weight ?? 0n) / MICRO, tokens: inf(record?.amount ?? 0n) };
    }),
  };
}
