import type { Tamper } from '../../cli/trainer/trainRun.ts';
import { type Dispute, DisputeStatus, RunStatus } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { stateRoot } from '../../training/commit.ts';
import { expectThat, inf, type Stage } from './stage.ts';
import { type CommittedRun, seeThrough, taskOf } from './training.ts';

/** Every third unit is claimed without having been computed: the state simply stays as it was. */
export const skipTraining: Tamper = (unit, honest, before) => {
  if (unit === 0 || unit % 3 !== 0) return honest;
  return { ...honest, state: before, leaf: { ...honest.leaf, stateRoot: stateRoot(before) } };
};

/** Scene 3: replays catch the cheater, a dispute narrows the lie to one element, and the chain computes that element. */
export async function judgeCheat(stage: Stage, committed: CommittedRun): Promise<Dispute> {
  const { run, session, taskId } = committed;
  const ended = await seeThrough(stage, '3', committed);
  expectThat(ended.status === RunStatus.RUN_STATUS_SLASHED, `run ${run.id} should be slashed, it skipped training`);
  const { disputes } = await session.querier.ask(verificationQueries.disputes, { runId: run.id });
  const won = disputes.find((dispute) => dispute.status === DisputeStatus.DISPUTE_STATUS_CHALLENGER_WON);
  expectThat(won !== undefined, `a challenger should have won a dispute over run ${run.id}`);
  expectThat(won.unit % 3n === 0n, `unit ${won.unit} was computed honestly and must not lose a dispute`);
  const task = await taskOf(session, taskId);
  stage.say(
    `3  slashed at height ${ended.closedHeight}: dispute ${won.id} over unit ${won.unit}, ${won.moves} moves, decided by the ` +
      `chain's own computation (${won.reason}); stake of ${inf(run.stake?.amount ?? 0n)} lost, half of it to ${won.challenger}; ` +
      `${task.seats.length} verifiers had drawn units of it`,
  );
  return won;
}
