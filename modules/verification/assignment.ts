/** From a task without seats to one whose seats are drawn: creation, assignment by the beacon, replacement, a new draw. */
import type { Context } from '../../chain/context.ts';
import {
  type Params,
  type Seat,
  SeatState,
  SubjectKind,
  type Task,
  TaskPhase,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import type { Env } from './env.ts';
import { seatMissed, taskAssigned, taskCreated, taskPhaseChanged, taskPostponed } from './events.ts';
import { drawSeats, unitAlpha } from './formulas.ts';
import { phaseName, subjectName } from './names.ts';
import {
  awaiting,
  doneSeats,
  due,
  itemKind,
  moveTask,
  openSeats,
  paramsItem,
  present,
  runs,
  taskIds,
  tasks,
} from './state.ts';
import { countFor, type SeatCandidate, seatCandidates } from './verifiers.ts';

export interface NewTask {
  readonly subject: SubjectKind;
  readonly subjectId: bigint;
  readonly objectiveId: bigint;
  /** Bech32 address of whoever's work is judged. */
  readonly owner: string;
  /** An appeal wants more than the parameter says. */
  readonly seats?: number;
}

/** A task waits for the first beacon round whose input is fixed after this block. */
export function createTask(env: Env, ctx: Context, order: NewTask): bigint {
  const task: Task = {
    id: taskIds.next(ctx),
    subject: order.subject,
    subjectId: order.subjectId,
    objectiveId: order.objectiveId,
    owner: order.owner,
    phase: TaskPhase.TASK_PHASE_UNSPECIFIED,
    createdHeight: ctx.block.height,
    fixedHeight: ctx.block.height,
    beaconRound: env.beacon.nextRoundAfterNow(ctx),
    beaconValue: new Uint8Array(),
    deadline: 0n,
    seats: [],
    drawn: 0,
    replaced: false,
    redraws: 0,
    alpha: new Uint8Array(),
    outcome: 0,
    metrics: [],
    decidedHeight: 0n,
    seatsWanted: order.seats ?? 0,
  };
  moveTask(ctx, task, TaskPhase.TASK_PHASE_WAITING_BEACON);
  tasks.set(ctx, task.id, task);
  awaiting.add(ctx, [task.beaconRound, itemKind.task, task.id]);
  ctx.log.emit(
    taskCreated.encode({
      task_id: task.id,
      subject: subjectName(task.subject),
      subject_id: task.subjectId,
      objective_id: task.objectiveId,
      owner: task.owner,
      beacon_round: task.beaconRound,
    }),
  );
  return task.id;
}

/** Draws the seats from the value of the task's round, or waits for the next one when too few may be drawn. */
export function assignSeats(env: Env, ctx: Context, task: Task, beaconValue: Uint8Array): void {
  const params = paramsItem.require(ctx);
  const candidates = seatCandidates(env, ctx, task, []);
  if (candidates.length < params.minSeats) {
    postpone(env, ctx, task, `${candidates.length} operators may be drawn, ${params.minSeats} are needed`);
    return;
  }
  const drawn = drawSeats({
    beaconValue,
    taskId: task.id,
    candidates,
    seats: seatsOf(task, params),
    capPpm: params.operatorCapPpm,
  });
  task.beaconValue = beaconValue;
  task.seats = drawn.map((candidate) => newSeat(env, candidate));
  task.drawn = drawn.length;
  if (task.subject === SubjectKind.SUBJECT_KIND_RUN) {
    const run = present(runs.get(ctx, task.subjectId), `run ${task.subjectId}`);
    task.alpha = unitAlpha(task.id, run.stepRoot, beaconValue);
  }
  enterPhase(ctx, task, TaskPhase.TASK_PHASE_ACK, params.ackWindow);
  for (const seat of task.seats) giveSeat(env, ctx, task, seat, '');
}

function seatsOf({ seatsWanted, subject }: Task, params: Params): number {
  if (seatsWanted > 0) return seatsWanted;
  return subject === SubjectKind.SUBJECT_KIND_RUN ? params.seats : params.dataSeats;
}

/** Gives the seats that did not acknowledge to others, once. Returns whether any changed hands. */
export function replaceSilentSeats(env: Env, ctx: Context, task: Task, params: Params): boolean {
  const silent = task.seats.filter((seat) => seat.state === SeatState.SEAT_STATE_ASSIGNED);
  if (silent.length === 0 || task.replaced) return false;
  const seated = task.seats.map((seat) => seat.operator);
  const drawn = drawSeats({
    beaconValue: task.beaconValue,
    taskId: task.id,
    candidates: seatCandidates(env, ctx, task, seated),
    seats: silent.length,
    capPpm: params.operatorCapPpm,
    drawn: task.drawn,
    seatedBackends: task.seats.filter((seat) => !silent.includes(seat)).map((seat) => seat.keys?.backend ?? ''),
  });
  if (drawn.length === 0) return false;
  task.replaced = true;
  task.drawn += drawn.length;
  const successors = drawn.map((candidate, at) => ({ old: silent[at], seat: newSeat(env, candidate) }));
  task.seats = task.seats.map((seat) => successors.find(({ old }) => old === seat)?.seat ?? seat);
  enterPhase(ctx, task, TaskPhase.TASK_PHASE_ACK, params.ackWindow);
  for (const { old, seat } of successors) {
    if (old !== undefined) {
      openSeats.remove(ctx, [env.addresses.account(old.operator), task.id]);
      recordMiss(env, ctx, task, old.operator);
    }
    giveSeat(env, ctx, task, seat, old?.operator ?? '');
  }
  return true;
}

/** An operator let the phase's deadline pass. */
export function recordMiss(env: Env, ctx: Context, task: Task, operator: string): void {
  countFor(env, ctx, operator, 'missed');
  ctx.log.emit(seatMissed.encode({ task_id: task.id, operator, phase: phaseName(task.phase) }));
}

/** Takes all seats back and waits for a later round of the beacon. */
export function postpone(env: Env, ctx: Context, task: Task, reason: string): void {
  closeSeats(env, ctx, task);
  task.fixedHeight = ctx.block.height;
  task.beaconRound = env.beacon.nextRoundAfterNow(ctx);
  task.beaconValue = new Uint8Array();
  task.alpha = new Uint8Array();
  task.seats = [];
  task.drawn = 0;
  task.replaced = false;
  task.deadline = 0n;
  moveTask(ctx, task, TaskPhase.TASK_PHASE_WAITING_BEACON);
  awaiting.add(ctx, [task.beaconRound, itemKind.task, task.id]);
  ctx.log.emit(
    taskPostponed.encode({
      task_id: task.id,
      beacon_round: task.beaconRound,
      redraws: BigInt(task.redraws),
      reason,
    }),
  );
}

/** Starts a phase whose messages are taken until `window` blocks from now. */
export function enterPhase(ctx: Context, task: Task, phase: TaskPhase, window: bigint): void {
  moveTask(ctx, task, phase);
  task.deadline = window === 0n ? 0n : ctx.block.height + window;
  if (task.deadline > 0n) due.add(ctx, [task.deadline, itemKind.task, task.id]);
  ctx.log.emit(
    taskPhaseChanged.encode({
      task_id: task.id,
      subject: subjectName(task.subject),
      subject_id: task.subjectId,
      phase: phaseName(phase),
      deadline: task.deadline,
    }),
  );
}

/** The task is over: its seats move from the operators' open tasks to their done ones. */
export function closeSeats(env: Env, ctx: Context, task: Task): void {
  for (const seat of task.seats) {
    const operator = env.addresses.account(seat.operator);
    openSeats.remove(ctx, [operator, task.id]);
    doneSeats.add(ctx, [operator, task.id]);
  }
}

function newSeat(env: Env, candidate: SeatCandidate): Seat {
  return {
    operator: env.addresses.accountText(candidate.operator),
    keys: candidate.keys,
    state: SeatState.SEAT_STATE_ASSIGNED,
    commitment: new Uint8Array(),
    attestation: undefined,
    units: [],
  };
}

function giveSeat(env: Env, ctx: Context, task: Task, seat: Seat, replaces: string): void {
  const operator = env.addresses.account(seat.operator);
  openSeats.add(ctx, [operator, task.id]);
  doneSeats.remove(ctx, [operator, task.id]);
  countFor(env, ctx, seat.operator, 'assigned');
  ctx.log.emit(
    taskAssigned.encode({
      task_id: task.id,
      subject: subjectName(task.subject),
      subject_id: task.subjectId,
      seat: BigInt(task.seats.indexOf(seat)),
      operator: seat.operator,
      worker: seat.keys?.worker ?? '',
      backend: seat.keys?.backend ?? '',
      replaces,
      beacon_round: task.beaconRound,
      deadline: task.deadline,
    }),
  );
}
