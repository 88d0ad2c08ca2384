import type { Context } from '../../../chain/context.ts';
import type {
  MsgSubmitContribution,
  MsgSubmitContributionResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { admit } from '../admission.ts';
import type { Parts } from '../parts.ts';
import { ensureParents } from '../provenance.ts';
import { firstVersion, linkVersion, nextVersion } from '../versions.ts';
import { measureWork, spendWork } from '../work.ts';

/** Opens a commitment to a contribution of any kind. */
export function submitContribution(
  parts: Parts,
  ctx: Context,
  message: MsgSubmitContribution,
): MsgSubmitContributionResponse {
  const account = { text: message.contributor, bytes: parts.addresses.account(message.contributor) };
  const { deposit, kind, license, manifest, objectiveId, parents, salt, versionOf, work } = message;
  ensureParents(ctx, parents);
  const version = versionOf === 0n ? firstVersion : nextVersion(ctx, message);
  const contribution = admit(parts, ctx, {
    contributor: account,
    sender: account,
    salt,
    kind,
    objectiveId,
    manifest,
    parents,
    license,
    deposit,
    version,
    work,
    ...(work === undefined
      ? {}
      : { measure: ({ contentRoot }) => measureWork(ctx, parts.assessor, account.text, work, contentRoot) }),
  });
  if (work !== undefined) spendWork(ctx, work, contribution.id);
  if (versionOf > 0n) linkVersion(ctx, contribution, new Uint8Array());
  return { contributionId: contribution.id, taskId: contribution.taskId };
}
