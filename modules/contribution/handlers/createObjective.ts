import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type {
  MsgCreateObjective,
  MsgCreateObjectiveResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { ObjectiveStatus } from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { contributionErrors as errors } from '../errors.ts';
import { coinText, requireCoin } from '../escrow.ts';
import { openObjective } from '../objectives.ts';
import type { Parts } from '../parts.ts';
import * as state from '../state.ts';

/** Anyone may post an objective: its contributions are paid from its budget, and emission does not pay for it. */
export function createObjective(parts: Parts, ctx: Context, message: MsgCreateObjective): MsgCreateObjectiveResponse {
  const { height } = ctx.block;
  const rounds = message.roundBlocks === 0n ? 1n : BigInt(message.shardCommitments.length);
  const deadlineHeight = message.roundBlocks === 0n ? message.deadlineHeight : height + rounds * message.roundBlocks;
  ensure(deadlineHeight > height, errors.invalidObjective, `deadline_height: not after height ${height}`);
  const budget = requireCoin(message.budget);
  const bond = requireCoin(message.bond);
  const minBond = requireCoin(state.params.require(ctx).minObjectiveBond);
  ensure(bond.denom === minBond.denom, errors.wrongDenom, `bond in ${bond.denom}, must be ${minBond.denom}`);
  ensure(
    BigInt(bond.amount) >= BigInt(minBond.amount),
    errors.bondTooSmall,
    `${coinText(bond)}, at least ${coinText(minBond)}`,
  );
  const least = requireCoin(state.params.require(ctx).minObjectiveBudget);
  ensure(budget.denom === least.denom, errors.wrongDenom, `budget in ${budget.denom}, must be ${least.denom}`);
  const roundBudget = { ...budget, amount: (BigInt(budget.amount) / rounds).toString() };
  const funded = BigInt(budget.amount) >= BigInt(least.amount) && roundBudget.amount !== '0';
  ensure(funded, errors.objectiveUnfunded, `${coinText(budget)} for ${rounds} rounds, at least ${coinText(least)}`);
  const creator = parts.addresses.account(message.creator);
  parts.escrow.take(ctx, creator, budget);
  parts.escrow.take(ctx, creator, bond);
  const objectiveId = state.objectiveIds.next(ctx);
  openObjective(ctx, {
    id: objectiveId,
    creator: message.creator,
    title: message.title,
    kind: message.kind,
    metric: message.metric,
    schema: message.schema,
    holdouts: message.holdouts,
    reference: message.reference,
    learner: message.learner,
    qualityGatePpm: message.qualityGatePpm,
    baselinePpm: message.baselinePpm,
    budget,
    bond,
    deadlineHeight,
    listed: false,
    status: ObjectiveStatus.OBJECTIVE_STATUS_OPEN,
    createdHeight: height,
    contributions: 0n,
    roundBlocks: message.roundBlocks,
    shardCommitments: message.shardCommitments,
    opened: [],
    roundBudget,
    rate: message.rate,
    unsettledRounds: 0n,
    rubric: message.rubric,
  });
  return { objectiveId };
}
