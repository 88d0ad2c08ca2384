/** How a dispute moves and ends; whose move it is follows from the walk. */
import type { Context } from '../../chain/context.ts';
import { CodedError, ensure, fail } from '../../chain/errors.ts';
import type { DisputeWalk } from '../../proto/generated/infinet/verification/v1/dispute.ts';
import {
  type Dispute,
  DisputeStatus,
  type Run,
  type Task,
  TaskPhase,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { addressText, type Env } from './env.ts';
import { verificationErrors as errors } from './errors.ts';
import { amountOfCoin, release } from './escrow.ts';
import { disputeMoved, disputeResolved } from './events.ts';
import { slashRun } from './runOutcome.ts';
import {
  disputes,
  disputesByRun,
  due,
  itemKind,
  openUnits,
  paramsItem,
  prefixOf,
  present,
  runs,
  tasks,
} from './state.ts';
import type { NextMove, RunFacts } from './training.ts';

const statusOfMove: Readonly<Record<NextMove, DisputeStatus>> = {
  opening: DisputeStatus.DISPUTE_STATUS_REVEAL,
  selection: DisputeStatus.DISPUTE_STATUS_SELECT,
  leaf: DisputeStatus.DISPUTE_STATUS_LEAF,
};

const moveOfStatus: Readonly<Record<number, NextMove>> = {
  [DisputeStatus.DISPUTE_STATUS_REVEAL]: 'opening',
  [DisputeStatus.DISPUTE_STATUS_SELECT]: 'selection',
  [DisputeStatus.DISPUTE_STATUS_LEAF]: 'leaf',
};

export function isOpen(dispute: Dispute): boolean {
  return moveOfStatus[dispute.status] !== undefined;
}

/** What the training rules must know of a run. */
export function factsOf(run: Run): RunFacts {
  const data = present(run.data, `data of run ${run.id}`);
  return {
    spec: run.spec,
    runId: run.id,
    seed: run.seed,
    dataRoot: data.root,
    records: data.records,
    stepRoot: run.stepRoot,
  };
}

/** Sets whose move it is and by when. */
export function awaitMove(env: Env, ctx: Context, dispute: Dispute, walk: DisputeWalk): void {
  dispute.walk = walk;
  dispute.status = statusOfMove[env.training.nextMove(walk)];
  dispute.deadline = ctx.block.height + paramsItem.require(ctx).disputeMoveWindow;
  due.add(ctx, [dispute.deadline, itemKind.dispute, dispute.id]);
}

export interface Move {
  readonly dispute: Dispute;
  readonly walk: DisputeWalk;
  readonly run: Run;
}

/**
 * A dispute that waits for `move` from `sender`, before its deadline.
 * @throws CodedError `unknownDispute`, `notYourMove`, `notTrainer`, `notChallenger`, `tooLate`
 */
export function takeMove(env: Env, ctx: Context, id: bigint, move: NextMove, signer: string): Move {
  const sender = addressText(env, signer);
  const dispute = disputes.get(ctx, id) ?? fail(errors.unknownDispute, `dispute ${id}`);
  const run = present(runs.get(ctx, dispute.runId), `run ${dispute.runId}`);
  if (move === 'selection') ensure(dispute.challenger === sender, errors.notChallenger, sender);
  else ensure(run.trainer === sender, errors.notTrainer, sender);
  const next = moveOfStatus[dispute.status];
  ensure(next === move, errors.notYourMove, next === undefined ? `dispute ${id} is over` : `it waits for: ${next}`);
  ensure(ctx.block.height <= dispute.deadline, errors.tooLate, `the move was due by height ${dispute.deadline}`);
  return { dispute, walk: present(dispute.walk, `walk of dispute ${id}`), run };
}

/** Runs a rule of `training/` and turns its complaint into this module's error. */
export function byTheRules<T>(rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    return fail(errors.invalidMove, error instanceof Error ? error.message : String(error));
  }
}

/** Stores a dispute after a move that did not end it. */
export function goOn(env: Env, ctx: Context, { dispute, run }: Move, move: NextMove, walk: DisputeWalk): void {
  due.remove(ctx, [dispute.deadline, itemKind.dispute, dispute.id]);
  dispute.moves += 1;
  awaitMove(env, ctx, dispute, walk);
  disputes.set(ctx, dispute.id, dispute);
  ctx.log.emit(
    disputeMoved.encode({
      dispute_id: dispute.id,
      run_id: run.id,
      side: move === 'selection' ? 'challenger' : 'trainer',
      move,
      next: dispute.status === DisputeStatus.DISPUTE_STATUS_SELECT ? 'challenger' : 'trainer',
      moves: BigInt(dispute.moves),
      deadline: dispute.deadline,
    }),
  );
}

/** A side that let its deadline pass has lost; called in the end of a block. */
export function expireDispute(env: Env, ctx: Context, id: bigint): void {
  const dispute = disputes.get(ctx, id);
  if (dispute === undefined || !isOpen(dispute) || ctx.block.height < dispute.deadline) return;
  const run = present(runs.get(ctx, dispute.runId), `run ${dispute.runId}`);
  const challengerLate = dispute.status === DisputeStatus.DISPUTE_STATUS_SELECT;
  if (challengerLate) trainerWins(env, ctx, run, dispute, 'challenger_missed_deadline');
  else challengerWins(env, ctx, run, dispute, 'trainer_missed_deadline');
}

/**
 * The bond goes to the trainer. The unit stays open to others for one move's time, so that a trainer cannot keep a bad
 * unit occupied by losing disputes against itself until the window is over.
 */
export function trainerWins(env: Env, ctx: Context, run: Run, dispute: Dispute, reason: string): void {
  close(env, ctx, run, dispute, { status: DisputeStatus.DISPUTE_STATUS_TRAINER_WON, winner: 'trainer', reason });
  runs.set(ctx, run.id, run);
  env.reputation.addReputation(ctx, env.addresses.account(run.trainer), { disputesWon: 1n });
  env.reputation.addReputation(ctx, env.addresses.account(dispute.challenger), { disputesLost: 1n });
  extendChallenge(ctx, present(tasks.get(ctx, run.taskId), `task ${run.taskId}`));
}

/** The run is slashed, and every other dispute about it ends with its bond returned. */
export function challengerWins(
  env: Env,
  ctx: Context,
  run: Run,
  dispute: Dispute,
  reason: 'leaf_wrong' | 'trainer_missed_deadline',
): void {
  close(env, ctx, run, dispute, { status: DisputeStatus.DISPUTE_STATUS_CHALLENGER_WON, winner: 'challenger', reason });
  for (const id of [...disputesByRun.walk(ctx, { prefix: prefixOf.number(run.id) })].map(([, other]) => other)) {
    const other = present(disputes.get(ctx, id), `dispute ${id}`);
    if (!isOpen(other)) continue;
    close(env, ctx, run, other, { status: DisputeStatus.DISPUTE_STATUS_CLOSED, winner: '', reason: 'run_slashed' });
  }
  slashRun(env, ctx, run, dispute, reason === 'leaf_wrong');
  runs.set(ctx, run.id, run);
  env.reputation.addReputation(ctx, env.addresses.account(dispute.challenger), { disputesWon: 1n });
  env.reputation.addReputation(ctx, env.addresses.account(run.trainer), { disputesLost: 1n });
}

interface End {
  readonly status: DisputeStatus;
  readonly winner: 'trainer' | 'challenger' | '';
  readonly reason: string;
}

function close(env: Env, ctx: Context, run: Run, dispute: Dispute, end: End): void {
  const to = end.winner === 'trainer' ? run.trainer : dispute.challenger;
  const bond = amountOfCoin(dispute.bond);
  release(env, ctx, env.addresses.account(to), bond);
  due.remove(ctx, [dispute.deadline, itemKind.dispute, dispute.id]);
  openUnits.remove(ctx, [run.id, dispute.unit]);
  run.openDisputes -= 1;
  dispute.status = end.status;
  dispute.reason = end.reason;
  dispute.deadline = 0n;
  disputes.set(ctx, dispute.id, dispute);
  ctx.log.emit(
    disputeResolved.encode({
      dispute_id: dispute.id,
      run_id: run.id,
      unit: dispute.unit,
      winner: end.winner,
      reason: end.reason,
      bond,
      bond_to: to,
    }),
  );
}

function extendChallenge(ctx: Context, task: Task): void {
  if (task.phase !== TaskPhase.TASK_PHASE_CHALLENGE) return;
  const until = ctx.block.height + paramsItem.require(ctx).disputeMoveWindow;
  if (task.deadline < until) {
    task.deadline = until;
    tasks.set(ctx, task.id, task);
  }
  due.add(ctx, [task.deadline, itemKind.task, task.id]);
}
