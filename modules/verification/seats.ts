/** What the three messages of a seat have in common: whose seat it is, and whether its turn has come. */
import type { Context } from '../../chain/context.ts';
import { ensure, fail } from '../../chain/errors.ts';
import type { Seat, SeatState, Task, TaskPhase } from '../../proto/generated/infinet/verification/v1/types.ts';
import { SeatState as States } from '../../proto/generated/infinet/verification/v1/types.ts';
import type { Env } from './env.ts';
import { verificationErrors as errors } from './errors.ts';
import { phaseName } from './names.ts';
import { tasks } from './state.ts';
import { operatorOfWorker } from './verifiers.ts';

export interface Turn {
  readonly task: Task;
  /** Part of `task`: what is changed here is stored with it. */
  readonly seat: Seat;
  readonly operator: Uint8Array;
}

/**
 * The worker's seat in a task that is in `phase` before its deadline, in the state that the phase starts from.
 * @throws CodedError `unknownTask`, `notRegistered`, `notSeated`, `wrongPhase`, `tooLate`, `alreadyDone`, `seatOut`
 */
export function takeTurn(
  env: Env,
  ctx: Context,
  message: { readonly worker: string; readonly taskId: bigint },
  phase: TaskPhase,
  from: SeatState,
): Turn {
  const task = tasks.get(ctx, message.taskId) ?? fail(errors.unknownTask, `task ${message.taskId}`);
  const operator = operatorOfWorker(env, ctx, message.worker);
  const text = env.addresses.accountText(operator);
  const seat = task.seats.find((candidate) => candidate.operator === text);
  if (seat === undefined) return fail(errors.notSeated, `${text} in task ${task.id}`);
  ensure(task.phase === phase, errors.wrongPhase, `task ${task.id} is in ${phaseName(task.phase)}`);
  ensure(ctx.block.height <= task.deadline, errors.tooLate, `${phaseName(phase)} ended with height ${task.deadline}`);
  const out = seat.state === States.SEAT_STATE_MISSED || seat.state === States.SEAT_STATE_UNAVAILABLE;
  if (seat.state !== from) fail(out && phase > 2 ? errors.seatOut : errors.alreadyDone, `seat of ${text}`);
  return { task, seat, operator };
}
