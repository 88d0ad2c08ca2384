import type { Context } from '../../../chain/context.ts';
import { ensure, fail } from '../../../chain/errors.ts';
import type { MsgOpenDispute, MsgOpenDisputeResponse } from '../../../proto/generated/infinet/verification/v1/tx.ts';
import {
  type Dispute,
  DisputeStatus,
  type Run,
  RunStatus,
  TaskPhase,
} from '../../../proto/generated/infinet/verification/v1/types.ts';
import { awaitMove, byTheRules, factsOf } from '../disputes.ts';
import type { Env } from '../env.ts';
import { verificationErrors as errors } from '../errors.ts';
import { hold, requireCoin } from '../escrow.ts';
import { disputeOpened } from '../events.ts';
import { disputeIds, disputes, disputesByRun, openUnits, paramsItem, present, runs, tasks } from '../state.ts';

/** Anyone with a bond says that one unit of a committed run is wrong; the trainer must answer in time. */
export function openDispute(env: Env, ctx: Context, message: MsgOpenDispute): MsgOpenDisputeResponse {
  const challenger = env.addresses.account(message.challenger);
  const params = paramsItem.require(ctx);
  const run = runs.get(ctx, message.runId) ?? fail(errors.unknownRun, `run ${message.runId}`);
  requireDisputable(ctx, run);
  const challengerText = env.addresses.accountText(challenger);
  ensure(run.trainer !== challengerText, errors.ownRun, challengerText);
  ensure(message.unit <= run.units, errors.unitOutOfRange, `unit ${message.unit} of ${run.units}`);
  const other = openUnits.get(ctx, [run.id, message.unit]);
  ensure(other === undefined, errors.unitDisputed, `dispute ${other} is about unit ${message.unit}`);
  ensure(run.openDisputes < params.maxOpenDisputes, errors.tooManyDisputes, `${run.openDisputes} are open`);
  const bond = requireCoin(env, ctx, message.bond, BigInt(params.minDisputeBond), errors.bondTooSmall);
  hold(env, ctx, challenger, BigInt(bond.amount));
  const dispute: Dispute = {
    id: disputeIds.next(ctx),
    runId: run.id,
    unit: message.unit,
    challenger: challengerText,
    bond,
    status: DisputeStatus.DISPUTE_STATUS_UNSPECIFIED,
    deadline: 0n,
    openedHeight: ctx.block.height,
    moves: 0,
    walk: undefined,
    reason: '',
  };
  awaitMove(
    env,
    ctx,
    dispute,
    byTheRules(() => env.training.startDispute(factsOf(run), message.unit)),
  );
  disputes.set(ctx, dispute.id, dispute);
  disputesByRun.add(ctx, [run.id, dispute.id]);
  openUnits.set(ctx, [run.id, message.unit], dispute.id);
  run.openDisputes += 1;
  runs.set(ctx, run.id, run);
  ctx.log.emit(
    disputeOpened.encode({
      dispute_id: dispute.id,
      run_id: run.id,
      unit: dispute.unit,
      challenger: dispute.challenger,
      trainer: run.trainer,
      bond: BigInt(bond.amount),
      deadline: dispute.deadline,
    }),
  );
  return { disputeId: dispute.id };
}

/** From the commitment until the challenge window is over. */
function requireDisputable(ctx: Context, run: Run): void {
  ensure(run.status === RunStatus.RUN_STATUS_COMMITTED, errors.wrongRunStatus, `run ${run.id} is not open to disputes`);
  const task = present(tasks.get(ctx, run.taskId), `task ${run.taskId}`);
  ensure(
    task.phase !== TaskPhase.TASK_PHASE_CHALLENGE || ctx.block.height <= task.deadline,
    errors.tooLate,
    `the challenge window ended with height ${task.deadline}`,
  );
}
