import * as verification from '../../../modules/verification/events.ts';
import { hexText } from '../../hex.ts';
import { type EventHandler, on } from '../view.ts';
import { runs } from './tables.ts';

/** Training runs from registration to their end. */
export const runHandlers: readonly EventHandler[] = [
  on(verification.runRegistered, (event, { height, time, txHash }, changes) =>
    changes.insert(runs, {
      id: Number(event.run_id),
      trainer: event.trainer,
      objectiveId: Number(event.objective_id),
      status: 'registered',
      reason: '',
      specHash: hexText(event.spec_hash),
      dataContributionId: Number(event.data_contribution_id),
      dataRoot: hexText(event.data_root),
      records: event.records.toString(),
      stake: event.stake.toString(),
      fee: event.fee.toString(),
      attempt: Number(event.attempt),
      units: event.units.toString(),
      unitFlop: event.unit_flop.toString(),
      seedRound: Number(event.seed_round),
      seed: '',
      stepRoot: '',
      finalRoot: '',
      uris: [],
      taskId: 0,
      accuracyPpm: null,
      modelContributionId: 0,
      stakeReturned: '0',
      stakeBurned: '0',
      feePaid: '0',
      proven: false,
      challenger: '',
      challengerReward: '0',
      txHash,
      registeredHeight: height,
      registeredTime: time,
      statusHeight: height,
    }),
  ),
  on(verification.runSeeded, ({ run_id, seed }, { height }, changes) =>
    changes.update(runs, { id: Number(run_id), status: 'seeded', seed: hexText(seed), statusHeight: height }),
  ),
  on(verification.runCommitted, ({ run_id, step_root, final_root, task_id, uris }, { height }, changes) =>
    changes.update(runs, {
      id: Number(run_id),
      status: 'committed',
      stepRoot: hexText(step_root),
      finalRoot: hexText(final_root),
      taskId: Number(task_id),
      uris: uris === '' ? [] : uris.split(' '),
      statusHeight: height,
    }),
  ),
  on(verification.runAccepted, (event, { height }, changes) =>
    changes.update(runs, {
      id: Number(event.run_id),
      status: 'accepted',
      accuracyPpm: event.accuracy_ppm.toString(),
      modelContributionId: Number(event.model_contribution_id),
      stakeReturned: event.stake_returned.toString(),
      feePaid: event.fee_paid.toString(),
      statusHeight: height,
    }),
  ),
  on(verification.runRejected, ({ run_id, reason, stake_returned, fee_paid }, { height }, changes) =>
    changes.update(runs, {
      id: Number(run_id),
      status: 'rejected',
      reason,
      stakeReturned: stake_returned.toString(),
      feePaid: fee_paid.toString(),
      statusHeight: height,
    }),
  ),
  on(verification.runExpired, ({ run_id, stake_returned, stake_burned }, { height }, changes) =>
    changes.update(runs, {
      id: Number(run_id),
      status: 'expired',
      stakeReturned: stake_returned.toString(),
      stakeBurned: stake_burned.toString(),
      statusHeight: height,
    }),
  ),
  on(verification.runSlashed, (event, { height }, changes) =>
    changes.update(runs, {
      id: Number(event.run_id),
      status: 'slashed',
      proven: event.proven,
      challenger: event.challenger,
      challengerReward: event.challenger_reward.toString(),
      stakeBurned: event.stake_burned.toString(),
      feePaid: event.fee_paid.toString(),
      statusHeight: height,
    }),
  ),
];
