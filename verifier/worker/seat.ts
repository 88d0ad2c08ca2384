import {
  type Seat,
  SeatState,
  type Task,
  TaskPhase,
  Verdict,
} from '../../proto/generated/infinet/verification/v1/types.ts';

/** What a seat has to do next. `challenge`: its FRAUD is revealed, and the dispute over it may want a move. */
export type OwedStep = 'ack' | 'commit' | 'reveal' | 'challenge';

/** The operator's seat in a task, if it is to be served with this worker's key. */
export function hasSeat(
  task: Task,
  { operator, worker }: { readonly operator: string; readonly worker: string },
): Seat | undefined {
  const seat = task.seats.find((candidate) => candidate.operator === operator);
  return seat?.keys?.worker === worker ? seat : undefined;
}

export function owes(
  task: Task,
  identity: { readonly operator: string; readonly worker: string },
): OwedStep | undefined {
  const seat = hasSeat(task, identity);
  if (seat === undefined) return undefined;
  const { phase } = task;
  if (phase === TaskPhase.TASK_PHASE_ACK && seat.state === SeatState.SEAT_STATE_ASSIGNED) return 'ack';
  if (phase === TaskPhase.TASK_PHASE_COMMIT && seat.state === SeatState.SEAT_STATE_ACKED) return 'commit';
  if (phase === TaskPhase.TASK_PHASE_REVEAL && seat.state === SeatState.SEAT_STATE_COMMITTED) return 'reveal';
  const saidFraud = seat.attestation?.verdict === Verdict.VERDICT_FRAUD;
  return phase === TaskPhase.TASK_PHASE_CHALLENGE && saidFraud ? 'challenge' : undefined;
}
