import type { Context } from '../../chain/context.ts';
import type { Emission } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { epochClosed } from './events.ts';
import type { RewardsBank } from './expected.ts';
import type { StreamName } from './formulas.ts';
import type { EpochPlan, StreamPlan } from './plan.ts';
import { COMMUNITY_POOL, emission, MODULE_ACCOUNT, summaries } from './state.ts';

/** The index that an epoch closed with. */
export interface IndexAtClose {
  readonly indexPpm: bigint;
  readonly indexStale: boolean;
  readonly paused: boolean;
}

/** An epoch that closes in this block. */
export interface ClosedEpoch {
  /** As it stood before. */
  readonly open: Emission;
  readonly plan: EpochPlan;
  readonly index: IndexAtClose;
}

/**
 * Keeps and tells how an epoch closed: every number that it was made from, and what the module's account holds and owes.
 * `dust` is that of the plan and, if all contributions were paid in this block, theirs.
 */
export function summarize(
  ctx: Context,
  { open, plan, index }: ClosedEpoch,
  dust: bigint,
  bank: RewardsBank,
  denom: string,
): void {
  const closed = emission.require(ctx);
  const owed = closed.unclaimed + closed.paying;
  const held = bank.balance(ctx, bank.moduleAddress(MODULE_ACCOUNT), denom);
  // Coins that someone sent here belong to nobody: the community has them.
  const swept = held > owed ? held - owed : 0n;
  if (swept > 0n) bank.sendModuleToModule(ctx, MODULE_ACCOUNT, COMMUNITY_POOL, [{ denom, amount: swept.toString() }]);
  const { halvings, cap, valueLimit, supplyLimit, drawLimit, budget, limit, paid, lapsed } = plan;
  summaries.set(ctx, open.epoch, {
    ...index,
    epoch: open.epoch,
    height: ctx.block.height,
    startTime: open.epochStart,
    endTime: ctx.block.time,
    halvings,
    cap,
    valueLimit,
    supplyLimit,
    drawLimit,
    budget,
    limit,
    paid,
    streams: plan.streams.map(({ name, budget: share, weight, paid: part, returned }) => ({
      name,
      budget: share,
      weight: weight.toString(),
      paid: part,
      returned,
    })),
    dust,
    reserve: closed.reserve,
    lapsed,
    scheduled: closed.scheduled,
    issued: closed.issued,
    unclaimed: owed,
    balance: (held - swept).toString(),
    swept: swept.toString(),
  });
  ctx.log.emit(
    epochClosed.encode({
      epoch: open.epoch,
      cap,
      halvings,
      index_ppm: index.indexPpm,
      index_stale: index.indexStale,
      paused: index.paused,
      value_limit: valueLimit,
      supply_limit: supplyLimit,
      draw_limit: drawLimit,
      budget,
      limit,
      paid,
      ...paidByStream(plan.streams),
      dust,
      reserve: closed.reserve,
      lapsed,
      scheduled: closed.scheduled,
      issued: closed.issued,
    }),
  );
}

function paidByStream(streams: readonly StreamPlan[]): Record<StreamName, bigint> {
  const paid = (name: StreamName): bigint => streams.find((stream) => stream.name === name)?.paid ?? 0n;
  return {
    data: paid('data'),
    model: paid('model'),
    compute: paid('compute'),
    expertise: paid('expertise'),
    verifiers: paid('verifiers'),
    stakers: paid('stakers'),
    community: paid('community'),
  };
}
