/** What the module tells about; addresses are Bech32 text, amounts integers of the bond denomination, heights and ids integers. */
import { defineEvent, flag, hex, integer, text } from '../../chain/events.ts';

export const verifierRegistered = defineEvent('verifier_registered', {
  operator: text,
  worker: text,
  vrf_public_key: hex,
  backend: text,
});
export const verifierUpdated = defineEvent('verifier_updated', {
  operator: text,
  worker: text,
  vrf_public_key: hex,
  backend: text,
  paused: flag,
  effective_height: integer,
});
/** A VALID over a unit that was proven bad. */
export const verifierSlashed = defineEvent('verifier_slashed', {
  operator: text,
  task_id: integer,
  run_id: integer,
  unit: integer,
  fraction_ppm: integer,
  amount: integer,
});

/** `subject` is `contribution` or `run`. */
export const taskCreated = defineEvent('task_created', {
  task_id: integer,
  subject: text,
  subject_id: integer,
  objective_id: integer,
  owner: text,
  beacon_round: integer,
});
/** Once for each seat; `seat` counts from 0, `replaces` is the operator whose seat it takes over, or empty. */
export const taskAssigned = defineEvent('task_assigned', {
  task_id: integer,
  subject: text,
  subject_id: integer,
  seat: integer,
  operator: text,
  worker: text,
  backend: text,
  replaces: text,
  beacon_round: integer,
  deadline: integer,
});
/** Fewer operators may be drawn than `params.min_seats`, or too few answered: the task waits for another beacon round. */
export const taskPostponed = defineEvent('task_postponed', {
  task_id: integer,
  beacon_round: integer,
  redraws: integer,
  reason: text,
});
/** `phase`: waiting_beacon, ack, commit, reveal, challenge, done. */
export const taskPhaseChanged = defineEvent('task_phase_changed', {
  task_id: integer,
  subject: text,
  subject_id: integer,
  phase: text,
  deadline: integer,
});
export const taskAcked = defineEvent('task_acked', { task_id: integer, operator: text, available: flag });
/** `phase` is the one whose deadline the seat let pass. */
export const seatMissed = defineEvent('seat_missed', { task_id: integer, operator: text, phase: text });
export const attestationCommitted = defineEvent('attestation_committed', {
  task_id: integer,
  operator: text,
  commitment: hex,
});
/** `verdict`: valid, invalid, fraud, unavailable. `metrics` is `name=value` pairs, `units` the drawn units, both comma-separated. */
export const attestationRevealed = defineEvent('attestation_revealed', {
  task_id: integer,
  subject: text,
  subject_id: integer,
  operator: text,
  verdict: text,
  metrics: text,
  trace_root: hex,
  bad_unit: integer,
  units: text,
});
/** `outcome`: valid, invalid, unavailable, disagreement, unanswered, slashed. Counts are of seats. */
export const taskDecided = defineEvent('task_decided', {
  task_id: integer,
  subject: text,
  subject_id: integer,
  objective_id: integer,
  outcome: text,
  metrics: text,
  seats: integer,
  agreed: integer,
  operators_agreed: text,
});
/** A seat's share of a run's fee. */
export const verifierPaid = defineEvent('verifier_paid', {
  task_id: integer,
  run_id: integer,
  operator: text,
  amount: integer,
});

export const runRegistered = defineEvent('run_registered', {
  run_id: integer,
  trainer: text,
  objective_id: integer,
  spec_hash: hex,
  data_contribution_id: integer,
  data_root: hex,
  records: integer,
  stake: integer,
  fee: integer,
  attempt: integer,
  units: integer,
  unit_flop: integer,
  seed_round: integer,
});
export const runSeeded = defineEvent('run_seeded', { run_id: integer, seed: hex, commit_deadline: integer });
/** `uris` are separated by blanks. */
export const runCommitted = defineEvent('run_committed', {
  run_id: integer,
  trainer: text,
  step_root: hex,
  final_root: hex,
  task_id: integer,
  uris: text,
});
export const runAccepted = defineEvent('run_accepted', {
  run_id: integer,
  trainer: text,
  objective_id: integer,
  final_root: hex,
  accuracy_ppm: integer,
  attempt: integer,
  model_contribution_id: integer,
  stake_returned: integer,
  fee_paid: integer,
});
export const runRejected = defineEvent('run_rejected', {
  run_id: integer,
  trainer: text,
  reason: text,
  stake_returned: integer,
  fee_paid: integer,
  fee_returned: integer,
});
export const runExpired = defineEvent('run_expired', {
  run_id: integer,
  trainer: text,
  stake_returned: integer,
  stake_burned: integer,
});
/** `proven`: the chain computed the unit's leaf and found it wrong; otherwise the trainer fell silent. */
export const runSlashed = defineEvent('run_slashed', {
  run_id: integer,
  trainer: text,
  dispute_id: integer,
  unit: integer,
  proven: flag,
  challenger: text,
  challenger_reward: integer,
  stake_burned: integer,
  fee_paid: integer,
  fee_burned: integer,
});

export const disputeOpened = defineEvent('dispute_opened', {
  dispute_id: integer,
  run_id: integer,
  unit: integer,
  challenger: text,
  trainer: text,
  bond: integer,
  deadline: integer,
});
/** `side` moved (`trainer` or `challenger`); `next` must move by `deadline`; `move`: opening, selection, leaf. */
export const disputeMoved = defineEvent('dispute_moved', {
  dispute_id: integer,
  run_id: integer,
  side: text,
  move: text,
  next: text,
  moves: integer,
  deadline: integer,
});
/** `winner`: trainer, challenger, or empty when another dispute decided the run. `bond_to` got the bond. */
export const disputeResolved = defineEvent('dispute_resolved', {
  dispute_id: integer,
  run_id: integer,
  unit: integer,
  winner: text,
  reason: text,
  bond: integer,
  bond_to: text,
});
/** A deadline's work was refused by another module and left undone; nothing of it was written. */
export const verificationStalled = defineEvent('verification_stalled', { kind: text, id: integer, error: text });
