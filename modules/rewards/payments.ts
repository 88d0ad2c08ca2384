import type { Context } from '../../chain/context.ts';
import type { Payout, PendingWeight } from '../../proto/generated/infinet/rewards/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { rewardPaid } from './events.ts';
import { shareOf, splitReward } from './formulas.ts';
import { streamOf } from './keeper.ts';
import type { StreamPlan } from './plan.ts';
import { claimables, pendingWeights, records } from './state.ts';

/** Credits verifiers or stakers, each with the amount at its place in the plan. */
export function creditEach(
  ctx: Context,
  epoch: bigint,
  stream: StreamPlan,
  accounts: readonly { readonly account: Uint8Array; readonly weight: bigint }[],
  addresses: AddressCodec,
): void {
  for (const [at, { account, weight }] of accounts.entries()) {
    const payment = { epoch, stream: stream.name, contribution: 0n, weight, amount: stream.amounts[at] ?? 0n };
    credit(ctx, account, payment, addresses);
  }
}

/**
 * Credits contributions and those who share in them, keeps the reasons, and clears the weights. Returns what was credited
 * and the payout without it.
 */
export function creditContributions(
  ctx: Context,
  payout: Payout,
  weights: readonly PendingWeight[],
  addresses: AddressCodec,
): { readonly after: Payout; readonly paid: bigint } {
  const { epoch } = payout;
  const streams = payout.streams.map((stream) => ({ ...stream }));
  let paid = 0n;
  for (const { contributionId, kind, beneficiary, weight, shares } of weights) {
    const stream = streams.find(({ name }) => name === streamOf(kind));
    if (stream === undefined) throw new Error(`the payout of epoch ${epoch} lacks the stream ${streamOf(kind)}`);
    const amount = shareOf(stream.paid, weight, BigInt(stream.weight));
    stream.left -= amount;
    paid += amount;
    const { own, parts } = splitReward(
      amount,
      shares.map(({ microShare }) => microShare),
    );
    const payments = [
      { beneficiary, amount: own },
      ...shares.map((share, part) => ({ beneficiary: share.beneficiary, amount: parts[part] ?? 0n })),
    ];
    for (const payment of payments) {
      const reward = { epoch, stream: stream.name, contribution: contributionId, weight, amount: payment.amount };
      credit(ctx, payment.beneficiary, reward, addresses);
    }
    records.set(ctx, contributionId, {
      contributionId,
      stream: stream.name,
      epoch,
      weight,
      streamBudget: stream.budget,
      streamWeight: stream.weight,
      streamDemand: stream.demand,
      rate: stream.rate,
      rateBound: stream.rateBound,
      amount,
      payments,
    });
    pendingWeights.remove(ctx, [epoch, contributionId]);
  }
  return { after: { epoch, streams }, paid };
}

interface Paid {
  readonly epoch: bigint;
  readonly stream: string;
  readonly contribution: bigint;
  readonly weight: bigint;
  readonly amount: bigint;
}

function credit(ctx: Context, account: Uint8Array, paid: Paid, addresses: AddressCodec): void {
  if (paid.amount === 0n) return;
  claimables.set(ctx, account, (claimables.get(ctx, account) ?? 0n) + paid.amount);
  ctx.log.emit(rewardPaid.encode({ ...paid, beneficiary: addresses.accountText(account) }));
}
