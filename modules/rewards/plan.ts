import {
  afterEpoch,
  type ContributionStream,
  contributionStreams,
  contributionsPaid,
  demandOf,
  type Emitted,
  type EpochLimits,
  epochLimits,
  least,
  MICRO,
  rateBound,
  type Schedule,
  type StreamName,
  type StreamSplit,
  splitStream,
  streamNames,
  sum,
} from './formulas.ts';

/** A stream's share of the budget, and what 10^6 of weight (one unit for verifiers) may earn at most. */
export interface StreamTerms {
  readonly sharePpm: bigint;
  readonly rate: bigint;
}

export interface EpochTerms extends Schedule {
  /** Shares sum to 10^6. */
  readonly streams: Readonly<Record<StreamName, StreamTerms>>;
  readonly verifierAllowance: bigint;
  readonly verifierFeeMultiplePpm: bigint;
}

/** Everything that one epoch brought. */
export interface EpochWork {
  /** Index in 10^-6; `paused` when it must not draw on the reserve. */
  readonly index: bigint;
  readonly paused: boolean;
  /** Sum of the weights of each kind: what a contribution gets of its stream is computed when it is paid. */
  readonly weights: Readonly<Record<ContributionStream, bigint>>;
  /** Demand of each kind after the last epoch. */
  readonly demand: Readonly<Record<ContributionStream, bigint>>;
  /** Work units of each verifier, and the fees that all of them earned already. */
  readonly verifierUnits: readonly bigint[];
  readonly verifierFees: bigint;
  /** Power of each staker. */
  readonly stakes: readonly bigint[];
}

export interface StreamPlan extends StreamSplit {
  readonly name: StreamName;
  readonly budget: bigint;
  readonly weight: bigint;
  /** What the budget is divided by: at least the weight. */
  readonly demand: bigint;
  /** The rate (or the verifiers' bound) held it below its budget. */
  readonly bound: boolean;
}

export interface EpochPlan extends EpochLimits {
  /** In the order of `streamNames`. */
  readonly streams: readonly StreamPlan[];
  /**
   * What rounding left over in the split by streams, and among verifiers and stakers; for the community pool. What it
   * leaves among contributions is known when the last one is paid.
   */
  readonly dust: bigint;
  /** Minted: all streams and the split's dust. */
  readonly paid: bigint;
  readonly after: Emitted;
  readonly lapsed: bigint;
}

/** Plans an epoch to the last unit: `paid` is the sum of what the streams pay and of the split's dust. */
export function planEpoch(terms: EpochTerms, emitted: Emitted, work: EpochWork): EpochPlan {
  const limits = epochLimits(terms, emitted, work.index, work.paused);
  const budgets = streamNames.map((name) => (limits.budget * terms.streams[name].sharePpm) / MICRO);
  const splitDust = limits.budget - sum(budgets);
  const streams = streamNames.map((name, at) => planStream(name, budgets[at] ?? 0n, terms, work));
  const paid = sum(streams.map((stream) => stream.paid)) + splitDust;
  const { emitted: after, lapsed } = afterEpoch(terms, emitted, limits.cap, paid);
  return { ...limits, streams, dust: splitDust + sum(streams.map(({ dust }) => dust)), paid, after, lapsed };
}

function planStream(name: StreamName, budget: bigint, terms: EpochTerms, work: EpochWork): StreamPlan {
  if (name === 'community') return { name, budget, weight: 0n, demand: 0n, bound: false, ...whole(budget, budget) };
  if (isContributionStream(name)) {
    const weight = work.weights[name];
    const demand = demandOf(weight, work.demand[name]);
    const { rate } = terms.streams[name];
    const paid = contributionsPaid(budget, weight, demand, rate);
    const bound = weight > 0n && rateBound(rate, weight) < (budget * weight) / demand;
    return { name, budget, weight, demand, bound, ...whole(budget, paid) };
  }
  const bound = boundOf(name, budget, terms, work);
  const weights = name === 'verifiers' ? work.verifierUnits : work.stakes;
  const split = splitStream(budget, bound, weights);
  const weight = sum(weights);
  return { ...split, name, budget, weight, demand: weight, bound: weight > 0n && split.returned > 0n };
}

/** Paid as a whole: to one account, or by weight later. */
function whole(budget: bigint, paid: bigint): StreamSplit {
  return { paid, amounts: [], dust: 0n, returned: budget - paid };
}

function boundOf(name: StreamName, budget: bigint, terms: EpochTerms, work: EpochWork): bigint {
  const { rate } = terms.streams[name];
  if (name !== 'verifiers') return budget;
  const byWork = rate * sum(work.verifierUnits);
  const byFees = terms.verifierAllowance + (work.verifierFees * terms.verifierFeeMultiplePpm) / MICRO;
  return least(byWork, byFees);
}

export function isContributionStream(name: StreamName): name is ContributionStream {
  return contributionStreams.some((stream) => stream === name);
}
