import type { Context } from '../../chain/context.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Contribution,
  ContributionStatus,
  type Objective,
  Visibility,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { enter } from './admission.ts';
import { escrowDenom } from './escrow.ts';
import { isContestable, Lifecycle } from './lifecycle.ts';
import type { Parts } from './parts.ts';
import * as state from './state.ts';
import { firstVersion } from './versions.ts';

/** What verification found out about a contribution. */
export interface AssessmentOutcome {
  readonly accepted: boolean;
  /** A word like `root_mismatch`, `unavailable`, `disagreement`; empty when accepted. */
  readonly reason: string;
  readonly metrics: readonly Metric[];
  /** The contributor lied (for example the bytes are not those of the root): the deposit is forfeited. */
  readonly fraud?: boolean;
}

/** An accepted training run, about to become a model. */
export interface AcceptedRun {
  readonly runId: bigint;
  readonly trainer: Uint8Array;
  readonly objectiveId: bigint;
  /** Merkle root of the final weights, 32 bytes. */
  readonly finalRoot: Uint8Array;
  readonly sizeBytes: bigint;
  readonly uris: readonly string[];
  /** DATA contribution that it was trained on, or undefined for the trainer's own data. */
  readonly dataContributionId?: bigint;
  /** What the seats agreed on, for example `accuracy`. */
  readonly metrics: readonly Metric[];
}

/** What other modules may call. */
export interface ContributionKeeper {
  get(ctx: Context, id: bigint): Contribution | undefined;
  objective(ctx: Context, id: bigint): Objective | undefined;
  /** Raw address of a contribution's author. */
  contributor(ctx: Context, id: bigint): Uint8Array | undefined;
  /** Takes the verdict of a task. A contribution that is no longer being assessed (withdrawn, superseded) is left as it is. */
  recordAssessment(ctx: Context, contributionId: bigint, outcome: AssessmentOutcome): void;
  /** Never refuses: a model that exists already, or that does not beat the baseline, is recorded as rejected. */
  createModelFromRun(ctx: Context, run: AcceptedRun): bigint;
}

export function createKeeper(parts: Parts): ContributionKeeper {
  return {
    get: (ctx, id) => state.contributions.get(ctx, id),
    objective: (ctx, id) => state.objectives.get(ctx, id),
    contributor: (ctx, id) => {
      const contribution = state.contributions.get(ctx, id);
      return contribution && parts.addresses.account(contribution.contributor);
    },
    recordAssessment: (ctx, id, outcome) => {
      const contribution = state.contributions.get(ctx, id);
      if (contribution === undefined) throw new Error(`contribution ${id} was assessed but does not exist`);
      if (Lifecycle.isUndecided(contribution)) parts.lifecycle.assess(ctx, contribution, outcome);
      else if (contribution.status === ContributionStatus.CONTRIBUTION_STATUS_APPEALED) {
        parts.lifecycle.concludeAppeal(ctx, contribution, outcome);
      }
    },
    createModelFromRun: (ctx, run) => createModelFromRun(parts, ctx, run),
  };
}

function createModelFromRun(parts: Parts, ctx: Context, run: AcceptedRun): bigint {
  const objective = state.objectives.get(ctx, run.objectiveId);
  if (objective === undefined) throw new Error(`run ${run.runId} has no objective ${run.objectiveId}`);
  const id = state.contributionIds.next(ctx);
  const earlierRun = claimRoot(parts, ctx, run.finalRoot, id);
  const model: Contribution = {
    id,
    contributor: parts.addresses.accountText(run.trainer),
    kind: ContributionKind.CONTRIBUTION_KIND_MODEL,
    objectiveId: run.objectiveId,
    manifest: {
      contentRoot: run.finalRoot,
      sizeBytes: run.sizeBytes,
      mediaType: 'application/octet-stream',
      schemaHash: new Uint8Array(),
      uris: [...run.uris],
      visibility: Visibility.VISIBILITY_PUBLIC,
      encryptionEnvelope: new Uint8Array(),
      modelSignature: new Uint8Array(),
      sketch: [],
      title: `Model of run ${run.runId}`,
    },
    parents: run.dataContributionId ? [run.dataContributionId] : [],
    license: '',
    status: ContributionStatus.CONTRIBUTION_STATUS_SUBMITTED,
    accepted: false,
    reason: '',
    deposit: { denom: escrowDenom(ctx), amount: '0' },
    taskId: 0n,
    runId: run.runId,
    committedHeight: ctx.block.height,
    submittedHeight: ctx.block.height,
    assessedHeight: 0n,
    finalHeight: 0n,
    similar: [],
    round: 0n,
    forfeit: false,
    appeal: undefined,
    ...firstVersion,
    work: undefined,
  };
  enter(parts, ctx, model, run.trainer);
  const duplicate = earlierRun === undefined ? '' : `duplicate_of_${earlierRun}`;
  parts.lifecycle.assess(ctx, model, { accepted: duplicate === '', reason: duplicate, metrics: run.metrics });
  return id;
}

/**
 * Verified training outranks a mere claim: only the model of an earlier run keeps the root (its id is returned). Anyone
 * could otherwise submit a committed run's final root as a contribution of another kind and so take its reward away.
 */
function claimRoot(parts: Parts, ctx: Context, root: Uint8Array, id: bigint): bigint | undefined {
  const holderId = state.byRoot.get(ctx, root);
  const holder = holderId === undefined ? undefined : state.contributions.get(ctx, holderId);
  if (holder !== undefined) {
    if (holder.runId > 0n) return holder.id;
    if (isContestable(holder)) parts.lifecycle.reject(ctx, holder, `superseded_by_${id}`, false);
  }
  state.byRoot.set(ctx, root, id);
  return undefined;
}
