/** What every way of contributing has in common: the objective, the manifest, the deposit, the root, the record. */
import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import type { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Contribution,
  ContributionStatus,
  type Manifest,
  type Objective,
  ObjectiveStatus,
  type Params,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { equalBytes, sha256 } from '../../training/merkle.ts';
import { type Account, openCommitment } from './commitments.ts';
import { contributionErrors as errors } from './errors.ts';
import { coinText, requireCoin } from './escrow.ts';
import { roundAt } from './formulas.ts';
import { isContestable } from './lifecycle.ts';
import { requireObjective } from './objectives.ts';
import type { Parts } from './parts.ts';
import { findSimilar } from './provenance.ts';
import { insert, update } from './record.ts';
import * as state from './state.ts';
import { kindWord, objectiveStatusWord } from './words.ts';

/** A contribution whose references were checked; the rest is checked here. */
export interface Candidate {
  readonly contributor: Account;
  /** Made the commitment and pays the deposit: the contributor, or a device of its stream. */
  readonly sender: Account;
  readonly salt: Uint8Array;
  readonly kind: ContributionKind;
  readonly objectiveId: bigint;
  readonly manifest: Manifest | undefined;
  readonly parents: readonly bigint[];
  readonly license: string;
  readonly deposit: Coin | undefined;
  readonly version: Pick<Contribution, 'streamId' | 'version' | 'previousVersion'>;
  readonly work?: Contribution['work'];
  /** Measured by the chain itself: no seat looks at it. */
  readonly measure?: (manifest: Manifest) => Metric[];
}

/** Opens the commitment, takes the deposit, and hands the contribution to the verifiers, or to the round's shard. */
export function admit(parts: Parts, ctx: Context, candidate: Candidate): Contribution {
  const params = state.params.require(ctx);
  const objective = requireOpenObjective(ctx, candidate);
  const manifest = requireManifest(candidate, objective, params);
  const deposit = requireDeposit(candidate, params);
  const committedHeight = openCommitment(ctx, candidate.sender.bytes, manifest.contentRoot, candidate.salt);
  const id = state.contributionIds.next(ctx);
  const contributor = candidate.contributor.text;
  claimRoot(parts, ctx, { id, root: manifest.contentRoot, contributor, committedHeight });
  const metrics = candidate.measure?.(manifest);
  parts.escrow.take(ctx, candidate.sender.bytes, deposit);
  const submitted: Contribution = {
    id,
    contributor,
    kind: candidate.kind,
    objectiveId: objective.id,
    manifest,
    parents: [...candidate.parents],
    license: candidate.license,
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
    round: roundAt(objective, ctx.block.height),
    forfeit: false,
    appeal: undefined,
    ...candidate.version,
    work: candidate.work,
  };
  enter(parts, ctx, submitted, candidate.contributor.bytes);
  if (metrics !== undefined) {
    parts.lifecycle.assess(ctx, submitted, { accepted: true, reason: '', metrics });
    return submitted;
  }
  return objective.roundBlocks > 0n ? submitted : beginAssessment(parts, ctx, submitted);
}

/** Stores a new contribution and counts it for its objective and round. */
export function enter(parts: Parts, ctx: Context, contribution: Contribution, contributor: Uint8Array): void {
  insert(ctx, contribution, contributor);
  const objective = requireObjective(ctx, contribution.objectiveId);
  const counted = { ...objective, contributions: objective.contributions + 1n };
  state.objectives.set(ctx, objective.id, counted);
  parts.rounds.join(ctx, counted, contribution);
}

export function beginAssessment(parts: Parts, ctx: Context, contribution: Contribution): Contribution {
  const taskId = parts.assessor.requestAssessment(ctx, contribution.id, contribution.objectiveId);
  const assessing = { ...contribution, taskId, status: ContributionStatus.CONTRIBUTION_STATUS_ASSESSING };
  update(ctx, contribution, assessing);
  return assessing;
}

function requireOpenObjective(ctx: Context, { objectiveId, kind }: Candidate): Objective {
  const objective = state.objectives.get(ctx, objectiveId);
  ensure(objective !== undefined, errors.objectiveNotFound, `objective ${objectiveId}`);
  const open = objective.status === ObjectiveStatus.OBJECTIVE_STATUS_OPEN;
  ensure(open, errors.objectiveClosed, `objective ${objectiveId} is ${objectiveStatusWord(objective.status)}`);
  const { deadlineHeight } = objective;
  const inTime = deadlineHeight === 0n || ctx.block.height <= deadlineHeight;
  ensure(inTime, errors.objectiveClosed, `deadline of objective ${objectiveId} was height ${deadlineHeight}`);
  const begun = roundAt(objective, ctx.block.height) >= 0n;
  ensure(begun, errors.objectiveClosed, `the first round of objective ${objectiveId} begins with the next block`);
  ensure(
    objective.kind === kind,
    errors.wrongKind,
    `${kindWord(kind)}, objective ${objectiveId} wants ${kindWord(objective.kind)}`,
  );
  return objective;
}

function requireManifest({ kind, manifest }: Candidate, objective: Objective, params: Params): Manifest {
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

function requireDeposit(candidate: Candidate, params: Params): Coin {
  const deposit = requireCoin(candidate.deposit);
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

/** Not while an appeal could still turn the rejection, or the same bytes would be paid twice. */
function mayTryAgain(holder: Contribution, contributor: string): boolean {
  const withdrawn = holder.status === ContributionStatus.CONTRIBUTION_STATUS_WITHDRAWN;
  const appealed = holder.status === ContributionStatus.CONTRIBUTION_STATUS_APPEALED;
  const rejected = holder.assessedHeight > 0n && !holder.accepted && !appealed;
  return holder.contributor === contributor && (withdrawn || rejected);
}
