import type { Context } from '../../../chain/context.ts';
import type { MsgAckData, MsgAckDataResponse } from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { SeatState, TaskPhase } from '../../../proto/generated/infinet/verification/v1/types.ts';
import type { Env } from '../env.ts';
import { taskAcked } from '../events.ts';
import { hurryIfComplete } from '../phases.ts';
import { takeTurn } from '../seats.ts';
import { tasks } from '../state.ts';

/** A seat says whether it has the bytes; "no" is its vote, and its last word. */
export function ackData(env: Env, ctx: Context, message: MsgAckData): MsgAckDataResponse {
  const { task, seat } = takeTurn(env, ctx, message, TaskPhase.TASK_PHASE_ACK, SeatState.SEAT_STATE_ASSIGNED);
  seat.state = message.available ? SeatState.SEAT_STATE_ACKED : SeatState.SEAT_STATE_UNAVAILABLE;
  tasks.set(ctx, task.id, task);
  hurryIfComplete(ctx, task);
  ctx.log.emit(taskAcked.encode({ task_id: task.id, operator: seat.operator, available: message.available }));
  return {};
}
