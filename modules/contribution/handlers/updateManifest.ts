import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type {
  MsgUpdateManifest,
  MsgUpdateManifestResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { ContributionStatus } from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { contributionErrors as errors } from '../errors.ts';
import { manifestUpdated } from '../events.ts';
import { requireOwn } from '../own.ts';
import type { Parts } from '../parts.ts';
import { manifestOf, update } from '../record.ts';

/** New mirrors for the same bytes; everything that was committed to stays. */
export function updateManifest(_parts: Parts, ctx: Context, message: MsgUpdateManifest): MsgUpdateManifestResponse {
  const contribution = requireOwn(ctx, message.contributionId, message.contributor);
  const withdrawn = contribution.status === ContributionStatus.CONTRIBUTION_STATUS_WITHDRAWN;
  ensure(!withdrawn, errors.wrongStatus, `contribution ${contribution.id} is withdrawn`);
  const manifest = { ...manifestOf(contribution), uris: message.uris };
  update(ctx, contribution, { ...contribution, manifest });
  ctx.log.emit(
    manifestUpdated.encode({
      contribution_id: contribution.id,
      contributor: contribution.contributor,
      uris: JSON.stringify(message.uris),
    }),
  );
  return {};
}
