import type { Context } from '../../chain/context.ts';
import {
  type Run,
  SubjectKind,
  type Task,
  type Verifier,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { createTask } from './assignment.ts';
import type { Env } from './env.ts';
import { paramsItem, runs, tasks, verifiers } from './state.ts';
import { type WorkReport, workReport } from './work.ts';

/** What other modules may call. */
export interface VerificationKeeper {
  /** Opens a task for a contribution that is stored already; the outcome comes back through `Outcomes.contributionAssessed`. */
  requestAssessment(ctx: Context, contributionId: bigint, objectiveId: bigint): bigint;
  /** The same with more than twice as many seats: the last word on a verdict that was appealed. */
  requestAppeal(ctx: Context, contributionId: bigint, objectiveId: bigint): bigint;
  /** Opens a task for contributions that are valued together; the outcome comes back through `Outcomes.roundAssessed`. */
  requestRound(ctx: Context, roundId: bigint, objectiveId: bigint): bigint;
  /** A run as compute that somebody contributed. */
  work(ctx: Context, runId: bigint): WorkReport | undefined;
  task(ctx: Context, id: bigint): Task | undefined;
  run(ctx: Context, id: bigint): Run | undefined;
  /** By the account address of the operator. */
  verifier(ctx: Context, operator: Uint8Array): Verifier | undefined;
}

/** Seats that a task may have at most. */
const MAX_SEATS = 64;

export function createKeeper(env: Env): VerificationKeeper {
  const assess = (ctx: Context, contributionId: bigint, objectiveId: bigint, seats?: number): bigint => {
    const contributor = env.contributions.contributor(ctx, contributionId);
    if (contributor === undefined) throw new Error(`contribution ${contributionId} has no contributor`);
    return createTask(env, ctx, {
      subject: SubjectKind.SUBJECT_KIND_CONTRIBUTION,
      subjectId: contributionId,
      objectiveId,
      owner: env.addresses.accountText(contributor),
      ...(seats === undefined ? {} : { seats }),
    });
  };
  return {
    requestAssessment: (ctx, contributionId, objectiveId) => assess(ctx, contributionId, objectiveId),
    requestAppeal: (ctx, contributionId, objectiveId) =>
      assess(ctx, contributionId, objectiveId, Math.min(2 * paramsItem.require(ctx).seats + 1, MAX_SEATS)),
    requestRound: (ctx, subjectId, objectiveId) =>
      createTask(env, ctx, { subject: SubjectKind.SUBJECT_KIND_ROUND, subjectId, objectiveId, owner: '' }),
    work: (ctx, runId) => {
      const run = runs.get(ctx, runId);
      return run && workReport(ctx, run);
    },
    task: (ctx, id) => tasks.get(ctx, id),
    run: (ctx, id) => runs.get(ctx, id),
    verifier: (ctx, operator) => verifiers.get(ctx, operator),
  };
}
