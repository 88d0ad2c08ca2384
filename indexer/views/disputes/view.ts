import * as verification from '../../../modules/verification/events.ts';
import { on, type View } from '../view.ts';
import { disputeMoves, disputes } from './tables.ts';

export const disputesView: View = {
  name: 'disputes',
  version: 1,
  tables: [disputes, disputeMoves],
  events: [
    on(verification.disputeOpened, (event, { height, time, txHash }, changes) =>
      changes.insert(disputes, {
        id: Number(event.dispute_id),
        runId: Number(event.run_id),
        unit: event.unit.toString(),
        challenger: event.challenger,
        trainer: event.trainer,
        bond: event.bond.toString(),
        status: 'open',
        next: 'trainer',
        deadline: Number(event.deadline),
        moves: 0,
        winner: '',
        reason: '',
        bondTo: '',
        txHash,
        openedHeight: height,
        openedTime: time,
        resolvedHeight: null,
      }),
    ),
    on(verification.disputeMoved, (event, { height, position, txHash }, changes) => {
      const disputeId = Number(event.dispute_id);
      const { side, move, next } = event;
      changes.insert(disputeMoves, { disputeId, height, position, side, move, txHash });
      changes.update(disputes, { id: disputeId, next, moves: Number(event.moves), deadline: Number(event.deadline) });
    }),
    on(verification.disputeResolved, ({ dispute_id, winner, reason, bond_to }, { height }, changes) =>
      changes.update(disputes, {
        id: Number(dispute_id),
        status: 'resolved',
        next: '',
        winner,
        reason,
        bondTo: bond_to,
        resolvedHeight: height,
      }),
    ),
  ],
};
