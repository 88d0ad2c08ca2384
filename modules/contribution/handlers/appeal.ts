import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type { MsgAppeal, MsgAppealResponse } from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { ContributionStatus } from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { isAppealable, tellAppeal } from '../appeals.ts';
import { contributionErrors as errors } from '../errors.ts';
import { coinText, requireCoin } from '../escrow.ts';
import type { Parts } from '../parts.ts';
import { manifestOf, update } from '../record.ts';
import * as state from '../state.ts';
import { statusWord } from '../words.ts';

/** The contributor against a rejection, anybody else against an acceptance; once for each contribution. */
export function appeal(parts: Parts, ctx: Context, message: MsgAppeal): MsgAppealResponse {
  const { appellant, contributionId: id } = message;
  const contribution = state.contributions.get(ctx, id);
  ensure(contribution !== undefined, errors.contributionNotFound, `contribution ${id}`);
  ensure(contribution.appeal === undefined, errors.alreadyAppealed, `contribution ${id}`);
  const rejected = contribution.status === ContributionStatus.CONTRIBUTION_STATUS_REJECTED;
  const accepted = contribution.status === ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED;
  ensure(rejected || accepted, errors.wrongStatus, `contribution ${id} is ${statusWord(contribution.status)}`);
  const own = contribution.contributor === appellant;
  ensure(!rejected || own, errors.notContributor, `rejection of contribution ${id}`);
  ensure(!accepted || !own, errors.notAppealable, 'the own acceptance');
  ensure(isAppealable(contribution), errors.notAppealable, contribution.reason);
  const holder = state.byRoot.get(ctx, manifestOf(contribution).contentRoot);
  ensure(holder === id, errors.notAppealable, `contribution ${holder} has its root now`);
  const deposit = requireCoin(message.deposit);
  const least = requireCoin(state.params.require(ctx).appealDeposit);
  ensure(deposit.denom === least.denom, errors.wrongDenom, `deposit in ${deposit.denom}, must be ${least.denom}`);
  const enough = BigInt(deposit.amount) >= BigInt(least.amount);
  ensure(enough, errors.appealDepositTooSmall, `${coinText(deposit)}, at least ${coinText(least)}`);
  parts.escrow.take(ctx, parts.addresses.account(appellant), deposit);
  const taskId = parts.assessor.requestAppeal(ctx, id, contribution.objectiveId);
  const made = { appellant, deposit, taskId, height: ctx.block.height, result: 'open' };
  parts.lifecycle.dequeue(ctx, contribution);
  update(ctx, contribution, {
    ...contribution,
    status: ContributionStatus.CONTRIBUTION_STATUS_APPEALED,
    appeal: made,
    finalHeight: 0n,
  });
  tellAppeal(ctx, id, made);
  return { taskId };
}
