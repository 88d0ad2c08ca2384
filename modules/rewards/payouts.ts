import type { Context } from '../../chain/context.ts';
import type { Params, Payout } from '../../proto/generated/infinet/rewards/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { payoutFinished } from './events.ts';
import type { RewardsBank, RewardsStaking } from './expected.ts';
import { sum } from './formulas.ts';
import { creditContributions } from './payments.ts';
import { firstPending } from './pending.ts';
import { type EpochPlan, isContributionStream } from './plan.ts';
import { COMMUNITY_POOL, emission, MODULE_ACCOUNT, payouts, summaries } from './state.ts';
import { streamTerms } from './terms.ts';

/**
 * Credits of contributions and those who share in them that one block makes; the rest follows in the next ones. Twice
 * as many as contributions become final in a block; if most of those have parents, payouts take longer than the epoch
 * and queue behind each other.
 */
export const CREDITS_PER_BLOCK = 512;

export interface PayoutDeps {
  readonly bank: RewardsBank;
  readonly staking: RewardsStaking;
  readonly addresses: AddressCodec;
}

/** The last contribution of an epoch was paid; `dust` is what rounding had left over and the community got. */
export interface FinishedPayout {
  readonly epoch: bigint;
  readonly dust: bigint;
}

/** Fixes what the epoch's contributions get for their weight; they are credited by `payContributions`. */
export function queuePayout(ctx: Context, epoch: bigint, plan: EpochPlan, settings: Params): void {
  if (firstPending(ctx, epoch, 1).length === 0) return;
  const streams = plan.streams.flatMap(({ name, budget, weight, demand, paid, bound }) => {
    if (!isContributionStream(name)) return [];
    const { rate } = streamTerms(settings, name);
    const sums = { weight: weight.toString(), demand: demand.toString() };
    return [{ name, budget, ...sums, paid, rate, rateBound: bound, left: paid }];
  });
  payouts.set(ctx, epoch, { epoch, streams });
}

/** Credits the next contributions, oldest epoch and lowest id first, as many as a block may. */
export function payContributions(ctx: Context, deps: PayoutDeps): FinishedPayout[] {
  const finished: FinishedPayout[] = [];
  let credits = CREDITS_PER_BLOCK;
  for (const [, payout] of [...payouts.walk(ctx)]) {
    const due = firstPending(ctx, payout.epoch, credits);
    const { after, paid } = creditContributions(ctx, payout, due, deps.addresses);
    const open = emission.require(ctx);
    emission.set(ctx, { ...open, paying: open.paying - paid, unclaimed: open.unclaimed + paid });
    credits -= due.reduce((count, { shares }) => count + 1 + shares.length, 0);
    if (credits > 0) finished.push(finish(ctx, after, deps));
    else {
      payouts.set(ctx, payout.epoch, after);
      break;
    }
  }
  return finished;
}

function finish(ctx: Context, { epoch, streams }: Payout, { bank, staking }: PayoutDeps): FinishedPayout {
  const dust = sum(streams.map(({ left }) => left));
  payouts.remove(ctx, epoch);
  if (dust > 0n) {
    const coins = [{ denom: staking.bondDenom(ctx), amount: dust.toString() }];
    bank.sendModuleToModule(ctx, MODULE_ACCOUNT, COMMUNITY_POOL, coins);
    const open = emission.require(ctx);
    emission.set(ctx, { ...open, paying: open.paying - dust, community: open.community + dust });
  }
  const summary = summaries.get(ctx, epoch);
  if (summary !== undefined) {
    const all = summary.dust + dust;
    summaries.set(ctx, epoch, { ...summary, dust: all });
    ctx.log.emit(payoutFinished.encode({ epoch, dust: all }));
  }
  return { epoch, dust };
}
