import type { Context } from '../../chain/context.ts';
import {
  type Run,
  SubjectKind,
  type Task,
  type Verifier,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { createTask } from './assignment.ts';
import type { Env } from './env.ts';
import { runs, tasks, verifiers } from './state.ts';

/** What other modules may call. */
export interface VerificationKeeper {
  /** Opens a task for a contribution that is stored already; the outcome comes back through `Outcomes.contributionAssessed`. */
  requestAssessment(ctx: Context, contributionId: bigint, objectiveId: bigint): bigint;
  task(ctx: Context, id: bigint): Task | undefined;
  run(ctx: Context, id: bigint): Run | undefined;
  /** By the account address of the operator. */
  verifier(ctx: Context, operator: Uint8Array): Verifier | undefined;
}

export function createKeeper(env: Env): VerificationKeeper {
  return {
    requestAssessment: (ctx, contributionId, objectiveId) => {
      const contributor = env.contributions.contributor(ctx, contributionId);
      if (contributor === undefined) throw new Error(`contribution ${contributionId} has no contributor`);
      return createTask(env, ctx, {
        subject: SubjectKind.SUBJECT_KIND_CONTRIBUTION,
        subjectId: contributionId,
        objectiveId,
        owner: env.addresses.accountText(contributor),
      });
    },
    task: (ctx, id) => tasks.get(ctx, id),
    run: (ctx, id) => runs.get(ctx, id),
    verifier: (ctx, operator) => verifiers.get(ctx, operator),
  };
}
