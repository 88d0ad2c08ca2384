import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type {
  MsgSubmitContribution,
  MsgSubmitContributionResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import {
  type Contribution,
  ContributionStatus,
  type Manifest,
  type Objective,
  ObjectiveStatus,
  type Params,
} from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { equalBytes, sha256 } from '../../../training/merkle.ts';
import { openCommitment } from '../commitments.ts';
import { contributionErrors as errors } from '../errors.ts';
import { coinText, requireCoin } from '../escrow.ts';
import { isContestable } from '../lifecycle.ts';
import type { Parts } from '../parts.ts';
import { ensureParents, findSimilar } from '../provenance.ts';
import { insert, update } from '../record.ts';
import * as state from '../state.ts';
import { kindWord, objectiveStatusWord } from '../words.ts';

/** Opens a commitment, takes the deposit, and hands the contribution to the verifiers. */
export function submitContribution(
  parts: Parts,
  ctx: Context,
  message: MsgSubmitContribution,
): MsgSubmitContributionResponse {
  const params = state.params.require(ctx);
  const objective = requireOpenObjective(ctx, message);
  const manifest = requireManifest(message, objective, params);
  const deposit = requireDeposit(message, params);
  const contributor = parts.addresses.account(message.contributor);
  const committedHeight = openCommitment(ctx, contributor, manifest.contentRoot, message.salt);
  const id = state.contributionIds.next(ctx);
  claimRoot(parts, ctx, { id, root: manifest.contentRoot, contributor: message.contributor, committedHeight });
  ensureParents(ctx, message.parents);
  parts.escrow.take(ctx, contributor, deposit);
  const submitted: Contribution = {
    id,
    contributor: message.contributor,
    kind: message.kind,
    objectiveId: objective.id,
    manifest,
    parents: message.parents,
    license: message.license,
    status: ContributionStatus.CONTRIBUTION_STATUS_SUBMITTED,
    accepted: false,
    reason: '',
    deposit,
    taskId: 0n,
    runId: 0n,
    committedHeight,
    submittedHeight: ctx.block.height,
    assessedHeight: 0n,
    finalHeight: 0n,
    similar: findSimilar(ctx, manifest.sketch),
  };
  insert(ctx, submitted, contributor);
  state.objectives.set(ctx, objective.id, { ...objective, contributions: objective.contributions + 1n });
  const taskId = parts.assessor.requestAssessment(ctx, id, objective.id);
  update(ctx, submitted, { ...submitted, taskId, status: ContributionStatus.CONTRIBUTION_STATUS_ASSESSING });
  return { contributionId: id, taskId };
}

function requireOpenObjective(ctx: Context, { objectiveId, kind }: MsgSubmitContribution): Objective {
  const objective = state.objectives.get(ctx, objectiveId);
  ensure(objective !== undefined, errors.objectiveNotFound, `objective ${objectiveId}`);
  const open = objective.status === ObjectiveStatus.OBJECTIVE_STATUS_OPEN;
  ensure(open, errors.objectiveClosed, `objective ${objectiveId} is ${objectiveStatusWord(objective.status)}`);
  const inTime = objective.deadlineHeight === 0n || ctx.block.height <= objective.deadlineHeight;
  ensure(inTime, errors.objectiveClosed, `deadline of objective ${objectiveId} was height ${objective.deadlineHeight}`);
  ensure(
    objective.kind === kind,
    errors.wrongKind,
    `${kindWord(kind)}, objective ${objectiveId} wants ${kindWord(objective.kind)}`,
  );
  return objective;
}

function requireManifest({ manifest, kind }: MsgSubmitContribution, objective: Objective, params: Params): Manifest {
  ensure(params.submittableKinds.includes(kind), errors.kindNotSubmittable, kindWord(kind));
  ensure(manifest !== undefined, errors.invalidManifest, 'manifest: missing');
  ensure(
    manifest.sizeBytes <= params.maxArtifactBytes,
    errors.invalidManifest,
    `size_bytes: ${manifest.sizeBytes}, at most ${params.maxArtifactBytes}`,
  );
  if (manifest.schemaHash.length > 0) {
    const expected = sha256(objective.schema);
    ensure(
      equalBytes(manifest.schemaHash, expected),
      errors.schemaMismatch,
      `schema_hash: must be ${Buffer.from(expected).toString('hex')} or empty`,
    );
  }
  return manifest;
}

function requireDeposit(message: MsgSubmitContribution, params: Params) {
  const deposit = requireCoin(message.deposit);
  const least = requireCoin(params.minDeposit);
  ensure(deposit.denom === least.denom, errors.wrongDenom, `deposit in ${deposit.denom}, must be ${least.denom}`);
  ensure(
    BigInt(deposit.amount) >= BigInt(least.amount),
    errors.depositTooSmall,
    `${coinText(deposit)}, at least ${coinText(least)}`,
  );
  return deposit;
}

/**
 * One contribution holds a root. Another submission of it is refused, with two exceptions: its own contributor may try
 * again after a rejection or withdrawal, and who committed to the root in an earlier block takes it over while the other
 * is not final (a proposer that saw the root in the mempool and rushed its own commitment gains nothing).
 */
function claimRoot(
  parts: Parts,
  ctx: Context,
  claim: { id: bigint; root: Uint8Array; contributor: string; committedHeight: bigint },
): void {
  const holderId = state.byRoot.get(ctx, claim.root);
  const holder = holderId === undefined ? undefined : state.contributions.get(ctx, holderId);
  if (holder !== undefined && !mayTryAgain(holder, claim.contributor)) {
    const own = holder.contributor === claim.contributor;
    const takesOver = !own && isContestable(holder) && claim.committedHeight < holder.committedHeight;
    ensure(takesOver, errors.duplicateRoot, `contribution ${holder.id} has this root`);
    parts.lifecycle.reject(ctx, holder, `superseded_by_${claim.id}`, false);
  }
  state.byRoot.set(ctx, claim.root, claim.id);
}

function mayTryAgain(holder: Contribution, contributor: string): boolean {
  const withdrawn = holder.status === ContributionStatus.CONTRIBUTION_STATUS_WITHDRAWN;
  const rejected = holder.assessedHeight > 0n && !holder.accepted;
  return holder.contributor === contributor && (withdrawn || rejected);
}
