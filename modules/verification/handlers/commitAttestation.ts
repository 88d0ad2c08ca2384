import type { Context } from '../../../chain/context.ts';
import type {
  MsgCommitAttestation,
  MsgCommitAttestationResponse,
} from '../../../proto/generated/infinet/verification/v1/tx.ts';
import { SeatState, TaskPhase } from '../../../proto/generated/infinet/verification/v1/types.ts';
import type { Env } from '../env.ts';
import { attestationCommitted } from '../events.ts';
import { hurryIfComplete } from '../phases.ts';
import { takeTurn } from '../seats.ts';
import { tasks } from '../state.ts';

/** A seat binds itself to what it found before any other seat shows what it found. */
export function commitAttestation(env: Env, ctx: Context, message: MsgCommitAttestation): MsgCommitAttestationResponse {
  const { task, seat } = takeTurn(env, ctx, message, TaskPhase.TASK_PHASE_COMMIT, SeatState.SEAT_STATE_ACKED);
  seat.state = SeatState.SEAT_STATE_COMMITTED;
  seat.commitment = message.commitment;
  tasks.set(ctx, task.id, task);
  hurryIfComplete(ctx, task);
  ctx.log.emit(
    attestationCommitted.encode({ task_id: task.id, operator: seat.operator, commitment: message.commitment }),
  );
  return {};
}
