/**
 * Emission: what an epoch pays, and how it is split. Pure integer arithmetic, the same in the state machine, in the
 * command line's simulation and in benchmarks. Amounts are in the smallest unit of the denomination (uinf), ratios and
 * weights in 10^-6.
 *
 * The reference value of one INF follows the index: an index of 2,000,000 (twice the start) makes one INF count twice,
 * so half as many INF have the target value.
 */

export const MICRO = 1_000_000n;

/** A billion times the start; keeps the index, and what is computed with it, in 64 bits. */
const MAX_INDEX_PPM = 10n ** 15n;

export const contributionStreams = ['data', 'model', 'compute', 'expertise'] as const;
export const streamNames = [...contributionStreams, 'verifiers', 'stakers', 'community'] as const;
export type ContributionStream = (typeof contributionStreams)[number];
export type StreamName = (typeof streamNames)[number];

/** Parameters of the schedule. */
export interface Schedule {
  /** S, what may ever be issued. */
  readonly maxSupply: bigint;
  /** Cap of an epoch before the first halving. */
  readonly baseCap: bigint;
  /** V, the value of an epoch at the start price. */
  readonly targetValue: bigint;
  /** Most that one epoch draws from the reserve. */
  readonly reserveBound: bigint;
  /** Above this the reserve lapses. */
  readonly reserveCeiling: bigint;
}

/** What the schedule carries from epoch to epoch. */
export interface Emitted {
  /** Sum of all caps so far, paid or not. */
  readonly scheduled: bigint;
  /** Sum of what was minted. */
  readonly issued: bigint;
  /** An allowance, not minted. */
  readonly reserve: bigint;
}

export type Limit = 'schedule' | 'value' | 'supply';

export interface EpochLimits {
  readonly halvings: bigint;
  readonly cap: bigint;
  readonly drawLimit: bigint;
  readonly valueLimit: bigint;
  readonly supplyLimit: bigint;
  /** The least of `cap + drawLimit`, `valueLimit` and `supplyLimit`. */
  readonly budget: bigint;
  readonly limit: Limit;
}

/** h = floor(log2(S / (S - scheduled))): one more at S/2, 3S/4, 7S/8 ... Undefined once everything is scheduled. */
export function halvings(maxSupply: bigint, scheduled: bigint): bigint | undefined {
  const left = maxSupply - scheduled;
  if (left <= 0n) return undefined;
  let count = 0n;
  while (left << (count + 1n) <= maxSupply) count++;
  return count;
}

/** cap = base / 2^h, and never more than what is left to schedule. */
export function epochCap(schedule: Schedule, scheduled: bigint): { halvings: bigint; cap: bigint } {
  const count = halvings(schedule.maxSupply, scheduled);
  if (count === undefined) return { halvings: 0n, cap: 0n };
  return { halvings: count, cap: least(schedule.baseCap >> count, schedule.maxSupply - scheduled) };
}

/** One symbol of the index: its weight (all sum to 10^6), slow price and start price. */
export interface IndexPrice {
  readonly weightPpm: bigint;
  readonly slow: bigint;
  readonly start: bigint;
}

/** I = sum of weight x slow / start, in 10^-6: 1,000,000 at the start prices. At least 1. */
export function indexPpm(prices: readonly IndexPrice[]): bigint {
  const index = prices.reduce((sum, { weightPpm, slow, start }) => sum + (weightPpm * slow) / start, 0n);
  return index < 1n ? 1n : least(index, MAX_INDEX_PPM);
}

/**
 * paid <= min(cap + min(reserve, bound), V / I, S - issued). `paused` leaves the reserve alone: the index is not known
 * well enough to make up for a fall of it.
 */
export function epochLimits(schedule: Schedule, emitted: Emitted, index: bigint, paused: boolean): EpochLimits {
  const { halvings: count, cap } = epochCap(schedule, emitted.scheduled);
  const drawLimit = paused ? 0n : least(emitted.reserve, schedule.reserveBound);
  const valueLimit = (schedule.targetValue * MICRO) / index;
  const supplyLimit = schedule.maxSupply - emitted.issued;
  const budget = least(cap + drawLimit, valueLimit, supplyLimit);
  const limit = budget === cap + drawLimit ? 'schedule' : budget === valueLimit ? 'value' : 'supply';
  return { halvings: count, cap, drawLimit, valueLimit, supplyLimit, budget, limit };
}

/** reserve += cap - paid, up to the ceiling; the rest lapses. */
export function afterEpoch(
  schedule: Schedule,
  emitted: Emitted,
  cap: bigint,
  paid: bigint,
): { emitted: Emitted; lapsed: bigint } {
  const allowance = emitted.reserve + cap - paid;
  const reserve = least(allowance, schedule.reserveCeiling);
  return {
    emitted: { scheduled: emitted.scheduled + cap, issued: emitted.issued + paid, reserve },
    lapsed: allowance - reserve,
  };
}

export interface StreamSplit {
  /** Minted for this stream: `amounts` and `dust`. */
  readonly paid: bigint;
  /** One for each weight, in order. */
  readonly amounts: readonly bigint[];
  /** Less than one unit for each weight, which division left over. */
  readonly dust: bigint;
  /** Budget that was not paid. */
  readonly returned: bigint;
}

/**
 * reward_i = min(stream x w_i / sum w, rate x w_i). Both are proportional to w_i, so the lesser of `budget` and `bound`
 * (rate x sum w) is shared by weight: splitting or merging contributions changes nothing but the rounding.
 */
export function splitStream(budget: bigint, bound: bigint, weights: readonly bigint[]): StreamSplit {
  const total = sum(weights);
  if (total === 0n) return { paid: 0n, amounts: weights.map(() => 0n), dust: 0n, returned: budget };
  const paid = least(budget, bound);
  const amounts = weights.map((weight) => shareOf(paid, weight, total));
  return { paid, amounts, dust: paid - sum(amounts), returned: budget - paid };
}

/** In so many epochs without work the demand that a stream's price goes by falls to about a third. */
export const DEMAND_EPOCHS = 128n;

/**
 * The weight that a stream's budget is divided by: its own, or what is left of the demand before it, which fades by a
 * 128th each epoch. An epoch that happens to be empty pays no more for a weight than a full one.
 */
export function demandOf(weight: bigint, before: bigint): bigint {
  const faded = before - (before + DEMAND_EPOCHS - 1n) / DEMAND_EPOCHS;
  return weight > faded ? weight : faded;
}

/** What a stream of contributions pays for all of its weight: min(budget x weight / demand, rate x weight). */
export function contributionsPaid(budget: bigint, weight: bigint, demand: bigint, rate: bigint): bigint {
  return weight === 0n ? 0n : least((budget * weight) / demand, rateBound(rate, weight));
}

/** A weight's part of what a stream pays, rounded down; 0 where nobody has weight. */
export function shareOf(paid: bigint, weight: bigint, total: bigint): bigint {
  return total === 0n ? 0n : (paid * weight) / total;
}

/** What a rate lets a weight earn: `rate` for each 10^6. */
export function rateBound(rate: bigint, weight: bigint): bigint {
  return (rate * weight) / MICRO;
}

/** What others than the beneficiary get of a reward, in 10^-6 of it, rounded down; the beneficiary gets the rest. */
export function splitReward(amount: bigint, microShares: readonly bigint[]): { own: bigint; parts: bigint[] } {
  const parts = microShares.map((share) => (amount * share) / MICRO);
  return { own: amount - sum(parts), parts };
}

export function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** The least of some values. */
export function least(first: bigint, ...others: bigint[]): bigint {
  let low = first;
  for (const value of others) if (value < low) low = value;
  return low;
}
