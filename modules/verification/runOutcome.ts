/** What becomes of a run: accepted, rejected, expired or slashed, and where its stake and fee go. */
import type { Context } from '../../chain/context.ts';
import {
  type Dispute,
  Outcome,
  type Run,
  RunStatus,
  SeatState,
  type Task,
  TaskPhase,
  Verdict,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { closeSeats, enterPhase } from './assignment.ts';
import type { Env } from './env.ts';
import { amountOfCoin, burn, release } from './escrow.ts';
import { runAccepted, runExpired, runRejected, runSlashed, verifierPaid, verifierSlashed } from './events.ts';
import { equalShares } from './formulas.ts';
import { outcomeName } from './names.ts';
import { moveRun, paramsItem, present, runs, tasks } from './state.ts';
import { tallySeats } from './tally.ts';
import { countFor } from './verifiers.ts';

const micro = 1_000_000n;

/** The metric that a model is valued by. */
export const accuracyMetric = 'accuracy';

/** Ends a run's challenge window; waits while a dispute is open. */
export function concludeRun(env: Env, ctx: Context, task: Task): void {
  const run = present(runs.get(ctx, task.subjectId), `run ${task.subjectId}`);
  if (run.openDisputes > 0) return;
  closeSeats(env, ctx, task);
  enterPhase(ctx, task, TaskPhase.TASK_PHASE_DONE, 0n);
  if (task.outcome === Outcome.OUTCOME_VALID) acceptRun(env, ctx, run, task);
  else rejectRun(env, ctx, run, task);
  run.closedHeight = ctx.block.height;
  runs.set(ctx, run.id, run);
}

function acceptRun(env: Env, ctx: Context, run: Run, task: Task): void {
  const trainer = env.addresses.account(run.trainer);
  moveRun(ctx, run, RunStatus.RUN_STATUS_ACCEPTED);
  const stake = amountOfCoin(run.stake);
  const fee = amountOfCoin(run.fee);
  release(env, ctx, trainer, stake);
  payVerifiers(env, ctx, run, tallySeats(task.seats).agreed, fee);
  run.accuracyPpm = task.metrics.find(({ name }) => name === accuracyMetric)?.value ?? 0n;
  run.modelContributionId = env.outcomes.runAccepted(ctx, {
    runId: run.id,
    trainer,
    objectiveId: run.objectiveId,
    finalRoot: run.finalRoot,
    sizeBytes: env.training.shape(run.spec).stateBytes,
    uris: run.uris,
    dataContributionId: run.dataContributionId === 0n ? undefined : run.dataContributionId,
    metrics: task.metrics,
  });
  ctx.log.emit(
    runAccepted.encode({
      run_id: run.id,
      trainer: run.trainer,
      objective_id: run.objectiveId,
      final_root: run.finalRoot,
      accuracy_ppm: run.accuracyPpm,
      attempt: run.attempt,
      model_contribution_id: run.modelContributionId,
      stake_returned: stake,
      fee_paid: fee,
    }),
  );
}

/** Nothing is proven: the stake goes back. The fee is earned only where two thirds found the run invalid. */
function rejectRun(env: Env, ctx: Context, run: Run, task: Task): void {
  const trainer = env.addresses.account(run.trainer);
  moveRun(ctx, run, RunStatus.RUN_STATUS_REJECTED);
  const stake = amountOfCoin(run.stake);
  const fee = amountOfCoin(run.fee);
  const earned = task.outcome === Outcome.OUTCOME_INVALID;
  release(env, ctx, trainer, earned ? stake : stake + fee);
  if (earned) payVerifiers(env, ctx, run, tallySeats(task.seats).agreed, fee);
  ctx.log.emit(
    runRejected.encode({
      run_id: run.id,
      trainer: run.trainer,
      reason: outcomeName(task.outcome),
      stake_returned: stake,
      fee_paid: earned ? fee : 0n,
      fee_returned: earned ? 0n : fee,
    }),
  );
}

/** A run that was not committed in time loses part of its stake: seeds are not to be shopped for. */
export function expireRun(env: Env, ctx: Context, id: bigint): void {
  const run = runs.get(ctx, id);
  if (run?.status !== RunStatus.RUN_STATUS_SEEDED || ctx.block.height < run.commitDeadline) return;
  const stake = amountOfCoin(run.stake);
  const forfeit = (stake * paramsItem.require(ctx).lateRunForfeitPpm) / micro;
  burn(env, ctx, forfeit);
  release(env, ctx, env.addresses.account(run.trainer), stake - forfeit + amountOfCoin(run.fee));
  moveRun(ctx, run, RunStatus.RUN_STATUS_EXPIRED);
  run.closedHeight = ctx.block.height;
  runs.set(ctx, id, run);
  ctx.log.emit(
    runExpired.encode({
      run_id: id,
      trainer: run.trainer,
      stake_returned: stake - forfeit,
      stake_burned: forfeit,
    }),
  );
}

/**
 * A dispute was won: a share of the stake goes to the challenger, the rest is burned. If the chain itself found the unit
 * wrong (`proven`), the fee goes to the seats that revealed INVALID or FRAUD, and those that revealed VALID over the unit
 * are slashed. If the trainer merely fell silent, nothing is said about the unit: the fee goes to all seats that revealed,
 * and none is slashed, or a trainer could ruin honest verifiers by losing on purpose. A fee without takers is burned.
 */
export function slashRun(env: Env, ctx: Context, run: Run, dispute: Dispute, proven: boolean): void {
  const params = paramsItem.require(ctx);
  const stake = amountOfCoin(run.stake);
  const fee = amountOfCoin(run.fee);
  const reward = (stake * params.challengerSharePpm) / micro;
  release(env, ctx, env.addresses.account(dispute.challenger), reward);
  burn(env, ctx, stake - reward);
  const task = present(tasks.get(ctx, run.taskId), `task ${run.taskId}`);
  const revealed = task.seats.filter((seat) => seat.state === SeatState.SEAT_STATE_REVEALED);
  const paid = revealed.filter((seat) => !proven || isAgainst(seat.attestation?.verdict));
  if (paid.length === 0) burn(env, ctx, fee);
  else
    payVerifiers(
      env,
      ctx,
      run,
      paid.map(({ operator }) => operator),
      fee,
    );
  for (const seat of proven ? revealed : []) {
    if (seat.attestation?.verdict !== Verdict.VERDICT_VALID || !seat.units.includes(dispute.unit)) continue;
    slashVerifier(env, ctx, seat.operator, run, dispute.unit, params.falseValidSlashPpm, task.fixedHeight);
  }
  endTask(env, ctx, task);
  moveRun(ctx, run, RunStatus.RUN_STATUS_SLASHED);
  run.closedHeight = ctx.block.height;
  ctx.log.emit(
    runSlashed.encode({
      run_id: run.id,
      trainer: run.trainer,
      dispute_id: dispute.id,
      unit: dispute.unit,
      proven,
      challenger: dispute.challenger,
      challenger_reward: reward,
      stake_burned: stake - reward,
      fee_paid: paid.length > 0 ? fee : 0n,
      fee_burned: paid.length > 0 ? 0n : fee,
    }),
  );
}

function endTask(env: Env, ctx: Context, task: Task): void {
  closeSeats(env, ctx, task);
  task.outcome = Outcome.OUTCOME_SLASHED;
  task.metrics = [];
  if (task.decidedHeight === 0n) task.decidedHeight = ctx.block.height;
  enterPhase(ctx, task, TaskPhase.TASK_PHASE_DONE, 0n);
  tasks.set(ctx, task.id, task);
}

function isAgainst(verdict: Verdict | undefined): boolean {
  return verdict === Verdict.VERDICT_INVALID || verdict === Verdict.VERDICT_FRAUD;
}

/** The stake that the seat was drawn with answers for it: who unbonds after the draw pays its part all the same. */
function slashVerifier(
  env: Env,
  ctx: Context,
  operator: string,
  run: Run,
  unit: bigint,
  fraction: bigint,
  drawnHeight: bigint,
): void {
  const address = env.addresses.account(operator);
  const amount = env.staking.slash(ctx, address, fraction, 'false_valid', drawnHeight);
  countFor(env, ctx, operator, 'slashed');
  ctx.log.emit(
    verifierSlashed.encode({
      operator,
      task_id: run.taskId,
      run_id: run.id,
      unit,
      fraction_ppm: fraction,
      amount,
    }),
  );
}

/** The fee in equal parts to those who found the outcome, and one unit of work to each. */
function payVerifiers(env: Env, ctx: Context, run: Run, operators: readonly string[], fee: bigint): void {
  const shares = equalShares(fee, operators.length);
  for (const [at, operator] of operators.entries()) {
    const amount = shares[at] ?? 0n;
    const address = env.addresses.account(operator);
    release(env, ctx, address, amount);
    env.rewards.addVerifierWork(ctx, address, 1n);
    ctx.log.emit(verifierPaid.encode({ task_id: run.taskId, run_id: run.id, operator, amount }));
  }
}
