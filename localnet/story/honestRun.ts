import { type Run, RunStatus, SeatState } from '../../proto/generated/infinet/verification/v1/types.ts';
import { expectThat, percent, type Stage } from './stage.ts';
import { type CommittedRun, seeThrough, taskOf } from './training.ts';

/** Scene 2: an honest run is replayed where the verifiers' own randomness says, and accepted. */
export async function judgeHonestRun(stage: Stage, committed: CommittedRun): Promise<Run> {
  const { run, session, taskId } = committed;
  const ended = await seeThrough(stage, '2', committed);
  expectThat(ended.status === RunStatus.RUN_STATUS_ACCEPTED, `run ${run.id} should be accepted`);
  const task = await taskOf(session, taskId);
  const seats = task.seats.filter((seat) => seat.state === SeatState.SEAT_STATE_REVEALED);
  const units = new Set(seats.flatMap((seat) => seat.units));
  expectThat(units.size > 0, 'verifiers should have replayed some units');
  stage.say(
    `2  accepted at height ${ended.closedHeight}: ${seats.length} verifiers replayed ${units.size} of ${ended.units} units ` +
      `bit for bit; the model classifies ${percent(ended.accuracyPpm)} of 1,000 held-out digits; it is contribution ` +
      `${ended.modelContributionId}`,
  );
  return ended;
}
