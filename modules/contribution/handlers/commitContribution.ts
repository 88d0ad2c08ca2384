import type { Context } from '../../../chain/context.ts';
import type {
  MsgCommitContribution,
  MsgCommitContributionResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { addCommitment } from '../commitments.ts';
import { contributionCommitted } from '../events.ts';
import type { Parts } from '../parts.ts';

export function commitContribution(
  parts: Parts,
  ctx: Context,
  { contributor, commitment }: MsgCommitContribution,
): MsgCommitContributionResponse {
  const account = { text: contributor, bytes: parts.addresses.account(contributor) };
  const expiresHeight = addCommitment(ctx, account, commitment);
  ctx.log.emit(contributionCommitted.encode({ contributor, commitment, expires_height: expiresHeight }));
  return { expiresHeight };
}
