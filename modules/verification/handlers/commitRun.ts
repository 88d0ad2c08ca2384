import type { Context } from '../../../chain/context.ts';
import { ensure, fail } from '../../../chain/errors.ts';
import type { MsgCommitRun, MsgCommitRunResponse } from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { RunStatus, SubjectKind } from '../../../proto/generated/infinet/verification/v1/types.ts';
import { equalBytes } from '../../../training/merkle.ts';
import { createTask } from '../assignment.ts';
import { addressText, type Env } from '../env.ts';
import { verificationErrors as errors } from '../errors.ts';
import { runCommitted } from '../events.ts';
import { moveRun, runs } from '../state.ts';

/** Binds the trainer to every unit's state; a task with seats of a later beacon round follows. */
export function commitRun(env: Env, ctx: Context, message: MsgCommitRun): MsgCommitRunResponse {
  const run = runs.get(ctx, message.runId) ?? fail(errors.unknownRun, `run ${message.runId}`);
  ensure(run.trainer === addressText(env, message.trainer), errors.notTrainer, message.trainer);
  ensure(
    run.status === RunStatus.RUN_STATUS_SEEDED,
    errors.wrongRunStatus,
    run.status === RunStatus.RUN_STATUS_REGISTERED ? 'the run has no seed yet' : 'the run is committed or closed',
  );
  ensure(
    ctx.block.height <= run.commitDeadline,
    errors.tooLate,
    `run ${run.id} was to be committed by height ${run.commitDeadline}`,
  );
  const leaf = message.lastLeaf ?? fail(errors.leafMismatch, 'last_leaf is missing');
  ensure(equalBytes(leaf.stateRoot, message.finalRoot), errors.leafMismatch, 'its state root is not final_root');
  ensure(
    env.training.provesLeaf(run.id, message.stepRoot, run.units, run.units, leaf),
    errors.leafMismatch,
    `it is not leaf ${run.units} of step_root`,
  );
  run.stepRoot = message.stepRoot;
  run.finalRoot = message.finalRoot;
  run.uris = message.uris;
  run.committedHeight = ctx.block.height;
  run.taskId = createTask(env, ctx, {
    subject: SubjectKind.SUBJECT_KIND_RUN,
    subjectId: run.id,
    objectiveId: run.objectiveId,
    owner: run.trainer,
  });
  moveRun(ctx, run, RunStatus.RUN_STATUS_COMMITTED);
  runs.set(ctx, run.id, run);
  ctx.log.emit(
    runCommitted.encode({
      run_id: run.id,
      trainer: run.trainer,
      step_root: run.stepRoot,
      final_root: run.finalRoot,
      task_id: run.taskId,
      uris: run.uris.join(' '),
    }),
  );
  return { taskId: run.taskId };
}
