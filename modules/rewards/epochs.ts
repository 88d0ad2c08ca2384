import type { Context } from '../../chain/context.ts';
import type { Emission, Params, PendingWeight } from '../../proto/generated/infinet/rewards/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { summarize } from './audit.ts';
import type { IndexOracle, RewardsBank, RewardsStaking } from './expected.ts';
import { type ContributionStream, sum } from './formulas.ts';
import { streamOf } from './keeper.ts';
import { marketIndex } from './marketIndex.ts';
import { creditContributions, creditEach } from './payments.ts';
import { type EpochPlan, planEpoch } from './plan.ts';
import { COMMUNITY_POOL, emission, MODULE_ACCOUNT, params, pendingWeights, verifierWork } from './state.ts';
import { epochTerms, streamTerms } from './terms.ts';

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

/** Closes the open epoch in the first block at or after its end: one epoch a block, however long the chain stood still. */
export function closeWhenDue(ctx: Context, deps: EpochDeps): void {
  const open = emission.require(ctx);
  if (open.epochStart === 0n) emission.set(ctx, { ...open, epochStart: ctx.block.time });
  else if (ctx.block.time >= epochEnd(open, params.require(ctx))) closeEpoch(ctx, open, deps);
}

function closeEpoch(ctx: Context, open: Emission, deps: EpochDeps): void {
  const settings = params.require(ctx);
  const index = marketIndex(ctx, deps.oracle);
  const staleEpochs = index.stale ? open.staleEpochs + 1n : 0n;
  const paused = index.missing || staleEpochs > settings.staleEpochs;
  const weights = weightsByStream(ctx);
  const work = [...verifierWork.walk(ctx)].map(([account, { units, fees }]) => ({ account, weight: units, fees }));
  const stakes = deps.staking
    .bondedValidators(ctx)
    .map(({ operator, power }) => ({ account: operator, weight: power }));
  const plan = planEpoch(epochTerms(settings), open, {
    index: index.ppm,
    paused,
    weights: {
      data: weights.data.map(({ weight }) => weight),
      model: weights.model.map(({ weight }) => weight),
      compute: weights.compute.map(({ weight }) => weight),
      expertise: weights.expertise.map(({ weight }) => weight),
    },
    verifierUnits: work.map(({ weight }) => weight),
    verifierFees: sum(work.map(({ fees }) => fees)),
    stakes: stakes.map(({ weight }) => weight),
  });
  const denom = deps.staking.bondDenom(ctx);
  const community = mint(ctx, plan, deps.bank, denom);
  for (const stream of plan.streams) {
    if (stream.name === 'verifiers') creditEach(ctx, open.epoch, stream, work, deps.addresses);
    else if (stream.name === 'stakers') creditEach(ctx, open.epoch, stream, stakes, deps.addresses);
    else if (stream.name !== 'community') {
      const { rate } = streamTerms(settings, stream.name);
      creditContributions(ctx, open.epoch, stream, rate, weights[stream.name], deps.addresses);
    }
  }
  for (const { account } of work) verifierWork.remove(ctx, account);
  const closed: Emission = {
    ...plan.after,
    epoch: open.epoch + 1n,
    epochStart: ctx.block.time,
    community: open.community + community,
    claimed: open.claimed,
    unclaimed: open.unclaimed + plan.paid - community,
    staleEpochs,
  };
  emission.set(ctx, closed);
  summarize(ctx, open, closed, plan, { indexPpm: index.ppm, indexStale: index.stale, paused }, deps.bank, denom);
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

function weightsByStream(ctx: Context): Record<ContributionStream, PendingWeight[]> {
  const streams: Record<ContributionStream, PendingWeight[]> = { data: [], model: [], compute: [], expertise: [] };
  for (const [, pending] of pendingWeights.walk(ctx)) streams[streamOf(pending.kind)].push(pending);
  return streams;
}
