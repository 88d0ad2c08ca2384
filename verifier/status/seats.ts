import {
  Outcome,
  type Seat,
  SeatState,
  SubjectKind,
  type Task,
  TaskPhase,
  Verdict,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { verdictLabel } from '../worker/stats.ts';

/** What came of one seat of an operator, and why. */
export interface SeatStory {
  readonly task: bigint;
  /** `run 4`, `contribution 7` ... */
  readonly subject: string;
  /** What this seat said; `-` before it said anything. */
  readonly said: string;
  /** What the task came to; `open` until then. */
  readonly outcome: string;
  readonly result: 'earned' | 'nothing' | 'missed' | 'pending';
  readonly why: string;
}

const subjects: Readonly<Record<number, string>> = {
  [SubjectKind.SUBJECT_KIND_RUN]: 'run',
  [SubjectKind.SUBJECT_KIND_CONTRIBUTION]: 'contribution',
  [SubjectKind.SUBJECT_KIND_ROUND]: 'round',
};

const phases: Readonly<Record<number, string>> = {
  [TaskPhase.TASK_PHASE_WAITING_BEACON]: 'waits for its beacon round',
  [TaskPhase.TASK_PHASE_ACK]: 'seats acknowledge',
  [TaskPhase.TASK_PHASE_COMMIT]: 'seats examine and commit',
  [TaskPhase.TASK_PHASE_REVEAL]: 'seats reveal',
  [TaskPhase.TASK_PHASE_CHALLENGE]: 'may still be disputed',
};

const outcomes: Readonly<Record<number, string>> = {
  [Outcome.OUTCOME_VALID]: 'valid',
  [Outcome.OUTCOME_INVALID]: 'invalid',
  [Outcome.OUTCOME_UNAVAILABLE]: 'unavailable',
  [Outcome.OUTCOME_DISAGREEMENT]: 'disagreement',
  [Outcome.OUTCOME_UNANSWERED]: 'unanswered',
  [Outcome.OUTCOME_SLASHED]: 'slashed',
};

/** @throws Error if the operator has no seat in the task */
export function storyOf(task: Task, operator: string): SeatStory {
  const seat = task.seats.find((candidate) => candidate.operator === operator);
  if (seat === undefined) throw new Error(`${operator} has no seat in task ${task.id}`);
  const isDone = task.phase === TaskPhase.TASK_PHASE_DONE;
  return {
    task: task.id,
    subject: `${subjects[task.subject] ?? 'subject'} ${task.subjectId}`,
    said: saidBy(seat),
    outcome: isDone ? (outcomes[task.outcome] ?? 'unknown') : 'open',
    ...(isDone ? ended(task, seat) : underWay(task, seat)),
  };
}

function saidBy({ state, attestation }: Seat): string {
  if (state === SeatState.SEAT_STATE_UNAVAILABLE) return 'unavailable';
  if (attestation !== undefined) return verdictLabel(attestation.verdict);
  return state === SeatState.SEAT_STATE_COMMITTED ? 'committed' : '-';
}

function underWay(task: Task, seat: Seat): Pick<SeatStory, 'result' | 'why'> {
  const phase = phases[task.phase] ?? 'unknown';
  if (seat.state === SeatState.SEAT_STATE_MISSED) return { result: 'missed', why: missed(seat) };
  const until = task.deadline === 0n ? '' : `, until height ${task.deadline}`;
  return { result: 'pending', why: `${phase}${until}` };
}

/** What a seat is paid for: that its vote was the outcome of two thirds, valid or invalid. */
function ended(task: Task, seat: Seat): Pick<SeatStory, 'result' | 'why'> {
  if (task.outcome === Outcome.OUTCOME_SLASHED) return disputed(seat);
  if (seat.state === SeatState.SEAT_STATE_MISSED || isSilent(seat)) return { result: 'missed', why: missed(seat) };
  switch (task.outcome) {
    case Outcome.OUTCOME_DISAGREEMENT:
      return { result: 'nothing', why: 'no verdict had two thirds of the seats' };
    case Outcome.OUTCOME_UNANSWERED:
      return { result: 'nothing', why: 'too few seats answered' };
    case Outcome.OUTCOME_UNAVAILABLE:
      return { result: 'nothing', why: 'that files cannot be had is voted, and pays nobody' };
    default:
      return isOutcome(task, seat)
        ? { result: 'earned', why: 'its vote was the outcome' }
        : { result: 'nothing', why: 'two thirds of the seats said otherwise' };
  }
}

/** The run lost a dispute, at whatever moment: seats that had no time to reveal are neither right nor wrong. */
function disputed({ attestation, state }: Seat): Pick<SeatStory, 'result' | 'why'> {
  const verdict = attestation?.verdict;
  if (state === SeatState.SEAT_STATE_MISSED) return { result: 'missed', why: 'missed before the run lost a dispute' };
  if (verdict === undefined) return { result: 'nothing', why: 'the run lost a dispute before this seat revealed' };
  if (verdict === Verdict.VERDICT_INVALID || verdict === Verdict.VERDICT_FRAUD) {
    return { result: 'earned', why: 'the run lost a dispute, as this seat had said' };
  }
  return {
    result: 'nothing',
    why: 'the run lost a dispute; if the chain found a unit wrong that this seat had called VALID, that cost stake',
  };
}

function isSilent({ state }: Seat): boolean {
  return state !== SeatState.SEAT_STATE_REVEALED && state !== SeatState.SEAT_STATE_UNAVAILABLE;
}

function isOutcome({ outcome, metrics }: Task, { attestation }: Seat): boolean {
  if (attestation === undefined) return false;
  const { verdict } = attestation;
  if (outcome === Outcome.OUTCOME_INVALID) {
    return verdict === Verdict.VERDICT_INVALID || verdict === Verdict.VERDICT_FRAUD;
  }
  const text = (list: typeof metrics) => list.map(({ name, value }) => `${name}=${value}`).join();
  return verdict === Verdict.VERDICT_VALID && text(attestation.metrics) === text(metrics);
}

/** The last thing that the seat did tells what it did not do. */
function missed({ commitment, keys }: Seat): string {
  if (commitment.length > 0) return 'committed, but did not reveal in time';
  return `did not answer in time: was the worker ${keys?.worker ?? ''} running?`;
}
