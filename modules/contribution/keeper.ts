import type { Context } from '../../chain/context.ts';
import type { Contribution, Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';

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
