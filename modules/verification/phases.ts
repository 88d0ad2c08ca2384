/** How a task goes on when a phase is complete or its deadline has come. */
import type { Context } from '../../chain/context.ts';
import {
  Outcome,
  SeatState,
  SubjectKind,
  type Task,
  TaskPhase,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { closeSeats, enterPhase, postpone, recordMiss, replaceSilentSeats } from './assignment.ts';
import type { Env } from './env.ts';
import { taskDecided } from './events.ts';
import { isTwoThirds } from './formulas.ts';
import { tallyJudgement } from './judgement.ts';
import { metricsText, outcomeName, subjectName } from './names.ts';
import { concludeRun } from './runOutcome.ts';
import { due, itemKind, paramsItem, tasks } from './state.ts';
import { type Tally, tallySeats } from './tally.ts';
import { countFor, seatCandidates } from './verifiers.ts';

/** The state in which a seat still owes the phase's message. */
const owing: Readonly<Record<number, SeatState>> = {
  [TaskPhase.TASK_PHASE_ACK]: SeatState.SEAT_STATE_ASSIGNED,
  [TaskPhase.TASK_PHASE_COMMIT]: SeatState.SEAT_STATE_ACKED,
  [TaskPhase.TASK_PHASE_REVEAL]: SeatState.SEAT_STATE_COMMITTED,
};

/** Has the end of this block look at the task if no seat owes a message any more. */
export function hurryIfComplete(ctx: Context, task: Task): void {
  if (task.seats.some((seat) => seat.state === owing[task.phase])) return;
  due.remove(ctx, [task.deadline, itemKind.task, task.id]);
  due.add(ctx, [ctx.block.height, itemKind.task, task.id]);
}

/** Moves a task on if its phase is over; called in the end of a block, for tasks that are due. */
export function advanceTask(env: Env, ctx: Context, id: bigint): void {
  const task = tasks.get(ctx, id);
  if (task === undefined) return;
  const waiting = owing[task.phase];
  const complete = waiting !== undefined && !task.seats.some((seat) => seat.state === waiting);
  if (!complete && (task.deadline === 0n || ctx.block.height < task.deadline)) return;
  switch (task.phase) {
    case TaskPhase.TASK_PHASE_ACK:
      endAck(env, ctx, task);
      break;
    case TaskPhase.TASK_PHASE_COMMIT:
      endCommit(env, ctx, task);
      break;
    case TaskPhase.TASK_PHASE_REVEAL:
      markMissed(env, ctx, task);
      decide(env, ctx, task);
      break;
    case TaskPhase.TASK_PHASE_CHALLENGE:
      concludeRun(env, ctx, task);
      break;
    default:
      return;
  }
  tasks.set(ctx, id, task);
}

function endAck(env: Env, ctx: Context, task: Task): void {
  const params = paramsItem.require(ctx);
  if (replaceSilentSeats(env, ctx, task, params)) return;
  markMissed(env, ctx, task);
  const unavailable = task.seats.filter((seat) => seat.state === SeatState.SEAT_STATE_UNAVAILABLE).length;
  const acked = task.seats.some((seat) => seat.state === SeatState.SEAT_STATE_ACKED);
  if (!acked || isTwoThirds(unavailable, task.seats.length)) decide(env, ctx, task);
  else enterPhase(ctx, task, TaskPhase.TASK_PHASE_COMMIT, params.commitWindow);
}

function endCommit(env: Env, ctx: Context, task: Task): void {
  markMissed(env, ctx, task);
  const committed = task.seats.some((seat) => seat.state === SeatState.SEAT_STATE_COMMITTED);
  if (!committed) decide(env, ctx, task);
  else enterPhase(ctx, task, TaskPhase.TASK_PHASE_REVEAL, paramsItem.require(ctx).revealWindow);
}

function markMissed(env: Env, ctx: Context, task: Task): void {
  for (const seat of task.seats) {
    if (seat.state !== owing[task.phase]) continue;
    seat.state = SeatState.SEAT_STATE_MISSED;
    recordMiss(env, ctx, task, seat.operator);
  }
}

/** Too few answers mean a new draw while there are draws left; everything else is an outcome. */
function decide(env: Env, ctx: Context, task: Task): void {
  const params = paramsItem.require(ctx);
  const rubric = env.contributions.objective(ctx, task.objectiveId)?.rubric ?? [];
  const tally = rubric.length > 0 ? tallyJudgement(task.seats, rubric) : tallySeats(task.seats);
  if (tally.outcome === Outcome.OUTCOME_UNANSWERED && task.redraws < params.maxRedraws) {
    task.redraws += 1;
    postpone(env, ctx, task, 'fewer than two thirds of the seats answered');
    return;
  }
  if (rubric.length === 0 && escalate(env, ctx, task, tally)) return;
  task.outcome = tally.outcome;
  task.metrics = [...tally.metrics];
  task.decidedHeight = ctx.block.height;
  for (const operator of tally.agreed) countFor(env, ctx, operator, 'agreed');
  for (const operator of tally.disagreed) countFor(env, ctx, operator, 'disagreed');
  announce(ctx, task, tally);
  if (task.subject === SubjectKind.SUBJECT_KIND_RUN) {
    enterPhase(ctx, task, TaskPhase.TASK_PHASE_CHALLENGE, params.challengeWindow);
    return;
  }
  closeSeats(env, ctx, task);
  enterPhase(ctx, task, TaskPhase.TASK_PHASE_DONE, 0n);
  settleContribution(env, ctx, task, tally);
}

/**
 * A few seats of data decide only if all of them agree: otherwise a committee so large that less than a third of the stake
 * does not reach two thirds of its seats decides, and is drawn anew while it disagrees. Where nobody else could sit the first
 * committee's two thirds count.
 */
function escalate(env: Env, ctx: Context, task: Task, tally: Tally): boolean {
  const { escalatedSeats, maxRedraws } = paramsItem.require(ctx);
  if (task.subject === SubjectKind.SUBJECT_KIND_RUN || escalatedSeats === 0) return false;
  if (task.seatsWanted === 0) {
    const unanimous = tally.agreed.length === task.seats.length;
    const most = Math.min(seatCandidates(env, ctx, task, []).length, escalatedSeats);
    if (unanimous || most <= task.seats.length) return false;
    task.seatsWanted = escalatedSeats;
  } else {
    const disagrees = task.seatsWanted === escalatedSeats && tally.outcome === Outcome.OUTCOME_DISAGREEMENT;
    if (!disagrees || task.redraws > maxRedraws) return false;
  }
  task.redraws += 1;
  postpone(env, ctx, task, 'the seats do not agree');
  return true;
}

function announce(ctx: Context, task: Task, tally: Tally): void {
  ctx.log.emit(
    taskDecided.encode({
      task_id: task.id,
      subject: subjectName(task.subject),
      subject_id: task.subjectId,
      objective_id: task.objectiveId,
      outcome: outcomeName(task.outcome),
      metrics: metricsText(task.metrics),
      seats: BigInt(task.seats.length),
      agreed: BigInt(tally.agreed.length),
      operators_agreed: tally.agreed.join(','),
    }),
  );
}

/** Work is counted for those who looked at the bytes and found the outcome; finding nothing is no work. */
function settleContribution(env: Env, ctx: Context, task: Task, tally: Tally): void {
  const accepted = task.outcome === Outcome.OUTCOME_VALID;
  const invalid = task.outcome === Outcome.OUTCOME_INVALID;
  if (accepted || invalid) {
    for (const operator of tally.agreed) env.rewards.addVerifierWork(ctx, env.addresses.account(operator), 1n);
  }
  if (task.subject === SubjectKind.SUBJECT_KIND_ROUND) {
    const unavailable = mostNamed(task);
    env.outcomes.roundAssessed(ctx, task.subjectId, { valued: accepted, metrics: task.metrics, ...unavailable });
    return;
  }
  env.outcomes.contributionAssessed(ctx, task.subjectId, {
    accepted,
    reason: accepted ? '' : outcomeName(task.outcome),
    metrics: task.metrics,
    fraud: invalid,
  });
}

/** With the outcome `unavailable`: the contribution that most seats name, the first of equals. */
function mostNamed(task: Task): { readonly unavailable?: bigint } {
  if (task.outcome !== Outcome.OUTCOME_UNAVAILABLE) return {};
  const counts = new Map<bigint, number>();
  for (const { attestation } of task.seats) {
    const named = attestation?.badUnit ?? 0n;
    if (named > 0n) counts.set(named, (counts.get(named) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  const [unavailable] = [...counts]
    .filter(([, count]) => count === most)
    .map(([id]) => id)
    .sort((a, b) => (a < b ? -1 : 1));
  return unavailable === undefined ? {} : { unavailable };
}
