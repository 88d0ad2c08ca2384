import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type {
  MsgWithdrawContribution,
  MsgWithdrawContributionResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { ContributionStatus } from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { contributionErrors as errors } from '../errors.ts';
import { Lifecycle } from '../lifecycle.ts';
import { requireOwn } from '../own.ts';
import type { Parts } from '../parts.ts';
import { statusWord } from '../words.ts';

/** Possible until the contribution is final; nothing is paid for it then. */
export function withdrawContribution(
  parts: Parts,
  ctx: Context,
  message: MsgWithdrawContribution,
): MsgWithdrawContributionResponse {
  const contribution = requireOwn(ctx, message.contributionId, message.contributor);
  const accepted = contribution.status === ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED;
  ensure(
    Lifecycle.isUndecided(contribution) || accepted,
    errors.wrongStatus,
    `contribution ${contribution.id} is ${statusWord(contribution.status)}`,
  );
  parts.lifecycle.withdraw(ctx, contribution);
  return {};
}
