import * as verification from '../../../modules/verification/events.ts';
import { hexText } from '../../hex.ts';
import { type EventHandler, on } from '../view.ts';
import { readList, readMetrics } from './metrics.ts';
import { attestations, tasks, verifierSlashes, verifiers } from './tables.ts';

/** Verifiers, their tasks and what they attest. */
export const taskHandlers: readonly EventHandler[] = [
  on(verification.verifierRegistered, ({ operator, worker, vrf_public_key, backend }, { height }, changes) =>
    changes.put(verifiers, {
      operator,
      worker,
      vrfPublicKey: hexText(vrf_public_key),
      backend,
      paused: false,
      effectiveHeight: height,
      registeredHeight: height,
    }),
  ),
  on(verification.verifierUpdated, (event, _, changes) =>
    changes.update(verifiers, {
      operator: event.operator,
      worker: event.worker,
      vrfPublicKey: hexText(event.vrf_public_key),
      backend: event.backend,
      paused: event.paused,
      effectiveHeight: Number(event.effective_height),
    }),
  ),
  on(verification.verifierSlashed, (event, { height }, changes) =>
    changes.put(verifierSlashes, {
      operator: event.operator,
      taskId: Number(event.task_id),
      runId: Number(event.run_id),
      unit: event.unit.toString(),
      fractionPpm: Number(event.fraction_ppm),
      amount: event.amount.toString(),
      height,
    }),
  ),
  on(verification.taskCreated, (event, { height }, changes) =>
    changes.insert(tasks, {
      id: Number(event.task_id),
      subject: event.subject,
      subjectId: Number(event.subject_id),
      objectiveId: Number(event.objective_id),
      owner: event.owner,
      phase: 'waiting_beacon',
      beaconRound: Number(event.beacon_round),
      deadline: 0,
      redraws: 0,
      outcome: '',
      metrics: [],
      seatsAnswered: 0,
      seatsAgreed: 0,
      createdHeight: height,
      decidedHeight: null,
    }),
  ),
  on(verification.taskAssigned, (event, { height }, changes) => {
    const { operator, worker, backend, replaces } = event;
    changes.put(attestations, {
      taskId: Number(event.task_id),
      operator,
      seat: Number(event.seat),
      worker,
      backend,
      replaces,
      state: 'assigned',
      commitment: '',
      verdict: '',
      metrics: [],
      traceRoot: '',
      badUnit: '0',
      units: [],
      paid: '0',
      assignedHeight: height,
      revealedHeight: null,
      revealTxHash: null,
    });
  }),
  on(verification.taskPostponed, ({ task_id, beacon_round, redraws }, _, changes) =>
    changes.update(tasks, {
      id: Number(task_id),
      phase: 'waiting_beacon',
      beaconRound: Number(beacon_round),
      redraws: Number(redraws),
    }),
  ),
  on(verification.taskPhaseChanged, ({ task_id, phase, deadline }, _, changes) =>
    changes.update(tasks, { id: Number(task_id), phase, deadline: Number(deadline) }),
  ),
  on(verification.taskAcked, ({ task_id, operator, available }, _, changes) =>
    changes.update(attestations, { taskId: Number(task_id), operator, state: available ? 'acked' : 'unavailable' }),
  ),
  on(verification.seatMissed, ({ task_id, operator }, _, changes) =>
    changes.update(attestations, { taskId: Number(task_id), operator, state: 'missed' }),
  ),
  on(verification.attestationCommitted, ({ task_id, operator, commitment }, _, changes) =>
    changes.update(attestations, {
      taskId: Number(task_id),
      operator,
      state: 'committed',
      commitment: hexText(commitment),
    }),
  ),
  on(verification.attestationRevealed, (event, { height, txHash }, changes) =>
    changes.update(attestations, {
      taskId: Number(event.task_id),
      operator: event.operator,
      state: 'revealed',
      verdict: event.verdict,
      metrics: readMetrics(event.metrics),
      traceRoot: hexText(event.trace_root),
      badUnit: event.bad_unit.toString(),
      units: readList(event.units),
      revealedHeight: height,
      revealTxHash: txHash,
    }),
  ),
  on(verification.taskDecided, (event, { height }, changes) =>
    changes.update(tasks, {
      id: Number(event.task_id),
      outcome: event.outcome,
      metrics: readMetrics(event.metrics),
      seatsAnswered: Number(event.seats),
      seatsAgreed: Number(event.agreed),
      decidedHeight: height,
    }),
  ),
  on(verification.verifierPaid, ({ task_id, operator, amount }, _, changes) =>
    changes.update(attestations, { taskId: Number(task_id), operator, paid: amount.toString() }),
  ),
];
