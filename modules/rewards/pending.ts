import { u64Key } from '../../chain/collections/keys.ts';
import type { Context } from '../../chain/context.ts';
import type { PendingWeight } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { emission, payouts, pendingWeights } from './state.ts';

/** A weight that waits in the open epoch or in one that is being paid; undefined once it is paid. */
export function pendingWeight(ctx: Context, contributionId: bigint): PendingWeight | undefined {
  const open = pendingWeights.get(ctx, [emission.require(ctx).epoch, contributionId]);
  if (open !== undefined) return open;
  for (const [epoch] of payouts.walk(ctx)) {
    const waiting = pendingWeights.get(ctx, [epoch, contributionId]);
    if (waiting !== undefined) return waiting;
  }
  return undefined;
}

/** The first weights of an epoch, by contribution id: as many as take `credits` (one each and one for each share). */
export function firstPending(ctx: Context, epoch: bigint, credits: number): PendingWeight[] {
  const found: PendingWeight[] = [];
  let taken = 0;
  for (const [, pending] of pendingWeights.walk(ctx, { prefix: u64Key.write(epoch, false) })) {
    if (taken >= credits) break;
    taken += 1 + pending.shares.length;
    found.push(pending);
  }
  return found;
}
