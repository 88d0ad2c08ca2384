import { expect, test } from 'vitest';
import * as verification from '../../../modules/verification/events.ts';
import type { Changes } from '../../database/changes.ts';
import { applyEvents, rowsOf } from '../../testing/views.ts';
import { disputes } from '../disputes/tables.ts';
import { disputesView } from '../disputes/view.ts';
import { readMetrics } from './metrics.ts';
import { attestations, runs, tasks } from './tables.ts';
import { verificationView } from './view.ts';

const root = new Uint8Array(32).fill(0x11);
const registered = verification.runRegistered.encode({
  run_id: 4n,
  trainer: 'trainer',
  objective_id: 2n,
  spec_hash: root,
  data_contribution_id: 0n,
  data_root: root,
  records: 1797n,
  stake: 1000n,
  fee: 10n,
  attempt: 1n,
  units: 200n,
  unit_flop: 5n,
  seed_round: 7n,
});
const seeded = verification.runSeeded.encode({ run_id: 4n, seed: root, commit_deadline: 90n });
const committed = verification.runCommitted.encode({
  run_id: 4n,
  trainer: 'trainer',
  step_root: root,
  final_root: root,
  task_id: 3n,
  uris: 'http://127.0.0.1/run http://127.0.0.1/mirror',
});
const slashed = verification.runSlashed.encode({
  run_id: 4n,
  trainer: 'trainer',
  dispute_id: 1n,
  unit: 17n,
  proven: true,
  challenger: 'challenger',
  challenger_reward: 500n,
  stake_burned: 500n,
  fee_paid: 0n,
  fee_burned: 10n,
});

test('a run that cheats shows its way to being slashed, and the dispute who won', () => {
  const changes = applyEvents(
    [verificationView, disputesView],
    [
      registered,
      seeded,
      committed,
      verification.disputeOpened.encode({
        dispute_id: 1n,
        run_id: 4n,
        unit: 17n,
        challenger: 'challenger',
        trainer: 'trainer',
        bond: 50n,
        deadline: 100n,
      }),
      verification.disputeMoved.encode({
        dispute_id: 1n,
        run_id: 4n,
        side: 'trainer',
        move: 'opening',
        next: 'challenger',
        moves: 1n,
        deadline: 110n,
      }),
      verification.disputeResolved.encode({
        dispute_id: 1n,
        run_id: 4n,
        unit: 17n,
        winner: 'challenger',
        reason: 'leaf_mismatch',
        bond: 50n,
        bond_to: 'challenger',
      }),
      slashed,
    ],
  );
  expect(rowsOf(changes, runs)).toMatchObject([
    {
      id: 4,
      status: 'slashed',
      proven: true,
      taskId: 3,
      uris: ['http://127.0.0.1/run', 'http://127.0.0.1/mirror'],
      challenger: 'challenger',
      challengerReward: '500',
      stakeBurned: '500',
    },
  ]);
  expect(rowsOf(changes, disputes)).toMatchObject([
    { id: 1, runId: 4, status: 'resolved', winner: 'challenger', moves: 1, next: '', bondTo: 'challenger' },
  ]);
});

test('a run that holds shows its accuracy and the model that came of it', () => {
  const accepted = verification.runAccepted.encode({
    run_id: 4n,
    trainer: 'trainer',
    objective_id: 2n,
    final_root: root,
    accuracy_ppm: 912_000n,
    attempt: 1n,
    model_contribution_id: 8n,
    stake_returned: 1000n,
    fee_paid: 9n,
  });
  expect(rowsOf(applyEvents([verificationView], [registered, seeded, committed, accepted]), runs)).toMatchObject([
    { status: 'accepted', accuracyPpm: '912000', modelContributionId: 8, stakeReturned: '1000', seed: '11'.repeat(32) },
  ]);
});

test('a seat that is drawn again begins anew, and one that misses a phase says so', () => {
  const assigned = verification.taskAssigned.encode({
    task_id: 3n,
    subject: 'run',
    subject_id: 4n,
    seat: 0n,
    operator: 'operator',
    worker: 'worker',
    backend: 'wasm',
    replaces: '',
    beacon_round: 9n,
    deadline: 20n,
  });
  const acked = verification.taskAcked.encode({ task_id: 3n, operator: 'operator', available: true });
  const missed = verification.seatMissed.encode({ task_id: 3n, operator: 'operator', phase: 'commit' });
  const changes = applyEvents([verificationView], [assigned, acked, missed]);
  expect(rowsOf(changes, attestations)).toMatchObject([{ state: 'missed', verdict: '' }]);
  const again = applyEvents([verificationView], [assigned, acked, missed, assigned]);
  expect(rowsOf(again, attestations)).toMatchObject([{ state: 'assigned' }]);
});

test('a task of which only the end is in a batch changes only what that says', () => {
  const decided = verification.taskDecided.encode({
    task_id: 3n,
    subject: 'run',
    subject_id: 4n,
    objective_id: 2n,
    outcome: 'valid',
    metrics: 'accuracy=912000',
    seats: 3n,
    agreed: 3n,
    operators_agreed: 'a,b,c',
  });
  const changes: Changes = applyEvents([verificationView], [decided]);
  expect(rowsOf(changes, tasks)).toEqual([
    {
      id: 3,
      outcome: 'valid',
      metrics: [{ name: 'accuracy', value: '912000' }],
      seatsAnswered: 3,
      seatsAgreed: 3,
      decidedHeight: 10,
    },
  ]);
});

test.each(['accuracy', 'a=b', '=1', 'a=1=2', 'a=1,,b=2'])('%j is not a list of metrics', (text) => {
  expect(() => readMetrics(text)).toThrow('not a metric');
});
