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

/** Anyone may post an objective; its budget and bond are escrowed, and emission does not pay for it. */
export function createObjective(parts: Parts, ctx: Context, message: MsgCreateObjective): MsgCreateObjectiveResponse {
  const { height } = ctx.block;
  ensure(message.deadlineHeight > height, errors.invalidObjective, `deadline_height: not after height ${height}`);
  const budget = requireCoin(message.budget);
  const bond = requireCoin(message.bond);
  const minBond = requireCoin(state.params.require(ctx).minObjectiveBond);
  ensure(bond.denom === minBond.denom, errors.wrongDenom, `bond in ${bond.denom}, must be ${minBond.denom}`);
  ensure(
    BigInt(bond.amount) >= BigInt(minBond.amount),
    errors.bondTooSmall,
    `${coinText(bond)}, at least ${coinText(minBond)}`,
  );
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
    deadlineHeight: message.deadlineHeight,
    listed: false,
    status: ObjectiveStatus.OBJECTIVE_STATUS_OPEN,
    createdHeight: height,
    contributions: 0n,
  });
  return { objectiveId };
}
