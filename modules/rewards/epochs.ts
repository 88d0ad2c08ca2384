import type { Context } from '../../chain/context.ts';
import type { Emission, Params } from '../../proto/generated/infinet/rewards/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { type ClosedEpoch, summarize } from './audit.ts';
import type { IndexOracle, RewardsBank, RewardsStaking } from './expected.ts';
import { sum } from './formulas.ts';
import { asNumbers, asText, openSums } from './keeper.ts';
import { marketIndex } from './marketIndex.ts';
import { creditEach } from './payments.ts';
import { payContributions, queuePayout } from './payouts.ts';
import { type EpochPlan, isContributionStream, planEpoch } from './plan.ts';
import { COMMUNITY_POOL, demand, emission, MODULE_ACCOUNT, openWeights, params, verifierWork } from './state.ts';
import { epochTerms } from './terms.ts';

export interface EpochDeps {
  readonly bank: RewardsBank;
  readonly staking: RewardsStaking;
  readonly oracle: IndexOracle;
  readonly addresses: AddressCodec;
}

const NANOS = 1_000_000_000n;

/** Earliest end of the open epoch, nanoseconds since the Unix epoch. */
export function epochEnd(open: Emission, settings: Params): bigint {
  return open.epochStart + settings.epochSeconds * NANOS;
}

/** Closes the open epoch when it is due, pays contributions of closed epochs, and tells how the epoch closed. */
export function endRewardsBlock(ctx: Context, deps: EpochDeps): void {
  const closed = closeWhenDue(ctx, deps);
  const finished = payContributions(ctx, deps);
  if (closed === undefined) return;
  const dust = finished.find(({ epoch }) => epoch === closed.open.epoch)?.dust ?? 0n;
  summarize(ctx, closed, closed.plan.dust + dust, deps.bank, deps.staking.bondDenom(ctx));
}

/** In the first block at or after the epoch's end: one epoch a block, however long the chain stood still. */
function closeWhenDue(ctx: Context, deps: EpochDeps): ClosedEpoch | undefined {
  const open = emission.require(ctx);
  if (open.epochStart === 0n) emission.set(ctx, { ...open, epochStart: ctx.block.time });
  else if (ctx.block.time >= epochEnd(open, params.require(ctx))) return closeEpoch(ctx, open, deps);
  return undefined;
}

function closeEpoch(ctx: Context, open: Emission, deps: EpochDeps): ClosedEpoch {
  const settings = params.require(ctx);
  const index = marketIndex(ctx, deps.oracle);
  const staleEpochs = index.stale ? open.staleEpochs + 1n : 0n;
  const paused = index.missing || staleEpochs > settings.staleEpochs;
  const weights = openSums(ctx);
  const work = [...verifierWork.walk(ctx)].map(([account, { units, fees }]) => ({ account, weight: units, fees }));
  const stakes = deps.staking
    .bondedValidators(ctx)
    .map(({ operator, power }) => ({ account: operator, weight: power }));
  const plan = planEpoch(epochTerms(settings), open, {
    index: index.ppm,
    paused,
    weights: asNumbers(weights),
    demand: asNumbers(demand.get(ctx)),
    verifierUnits: work.map(({ weight }) => weight),
    verifierFees: sum(work.map(({ fees }) => fees)),
    stakes: stakes.map(({ weight }) => weight),
  });
  const community = mint(ctx, plan, deps.bank, deps.staking.bondDenom(ctx));
  for (const stream of plan.streams) {
    if (stream.name === 'verifiers') creditEach(ctx, open.epoch, stream, work, deps.addresses);
    if (stream.name === 'stakers') creditEach(ctx, open.epoch, stream, stakes, deps.addresses);
  }
  for (const { account } of work) verifierWork.remove(ctx, account);
  openWeights.remove(ctx);
  demand.set(ctx, asText(plan.streams));
  queuePayout(ctx, open.epoch, plan, settings);
  const paying = sum(plan.streams.filter(({ name }) => isContributionStream(name)).map(({ paid }) => paid));
  emission.set(ctx, {
    ...plan.after,
    epoch: open.epoch + 1n,
    epochStart: ctx.block.time,
    community: open.community + community,
    claimed: open.claimed,
    unclaimed: open.unclaimed + plan.paid - community - paying,
    paying: open.paying + paying,
    staleEpochs,
  });
  return { open, plan, index: { indexPpm: index.ppm, indexStale: index.stale, paused } };
}

/** Mints what the plan pays and sends the community its part, dust included; returns that part. */
function mint(ctx: Context, plan: EpochPlan, bank: RewardsBank, denom: string): bigint {
  const community = (plan.streams.find(({ name }) => name === 'community')?.paid ?? 0n) + plan.dust;
  if (plan.paid > 0n) bank.mint(ctx, MODULE_ACCOUNT, [{ denom, amount: plan.paid.toString() }]);
  if (community > 0n) {
    bank.sendModuleToModule(ctx, MODULE_ACCOUNT, COMMUNITY_POOL, [{ denom, amount: community.toString() }]);
  }
  return community;
}
