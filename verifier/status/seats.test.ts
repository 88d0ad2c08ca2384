import { expect, test } from 'vitest';
import {
  Attestation,
  Outcome,
  Seat,
  SeatState,
  SubjectKind,
  Task,
  TaskPhase,
  Verdict,
} from '../../proto/generated/infinet/verification/v1/types.ts';
import { storyOf } from './seats.ts';

const metrics = [{ name: 'accuracy', value: 900_000n }];

function story(outcome: Outcome, seat: Partial<Seat>, phase: TaskPhase = TaskPhase.TASK_PHASE_DONE) {
  const task = Task.fromPartial({
    id: 9n,
    subject: SubjectKind.SUBJECT_KIND_RUN,
    subjectId: 4n,
    phase,
    deadline: phase === TaskPhase.TASK_PHASE_DONE ? 0n : 120n,
    outcome,
    metrics: outcome === Outcome.OUTCOME_VALID ? metrics : [],
    seats: [Seat.fromPartial({ operator: 'other' }), Seat.fromPartial({ operator: 'me', ...seat })],
  });
  return storyOf(task, 'me');
}

const revealed = (verdict: Verdict, found = verdict === Verdict.VERDICT_VALID ? metrics : []) => ({
  state: SeatState.SEAT_STATE_REVEALED,
  commitment: new Uint8Array(32),
  attestation: Attestation.fromPartial({ verdict, metrics: found }),
});

test.each([
  ['the outcome', Outcome.OUTCOME_VALID, revealed(Verdict.VERDICT_VALID), 'earned', 'its vote was the outcome'],
  ['FRAUD with the others', Outcome.OUTCOME_INVALID, revealed(Verdict.VERDICT_FRAUD), 'earned', 'its vote'],
  ['the contrary', Outcome.OUTCOME_VALID, revealed(Verdict.VERDICT_INVALID), 'nothing', 'said otherwise'],
  ['other metrics', Outcome.OUTCOME_VALID, revealed(Verdict.VERDICT_VALID, []), 'nothing', 'said otherwise'],
  ['what nobody agreed on', Outcome.OUTCOME_DISAGREEMENT, revealed(Verdict.VERDICT_VALID), 'nothing', 'two thirds'],
  [
    'that files are withheld',
    Outcome.OUTCOME_UNAVAILABLE,
    revealed(Verdict.VERDICT_UNAVAILABLE),
    'nothing',
    'pays nobody',
  ],
  ['VALID of a run that fell', Outcome.OUTCOME_SLASHED, revealed(Verdict.VERDICT_VALID), 'nothing', 'cost stake'],
  [
    'FRAUD of a run that fell',
    Outcome.OUTCOME_SLASHED,
    revealed(Verdict.VERDICT_FRAUD),
    'earned',
    'as this seat had said',
  ],
  ['nothing before it fell', Outcome.OUTCOME_SLASHED, { state: SeatState.SEAT_STATE_COMMITTED }, 'nothing', 'before'],
])('a seat that said %s is told what it got for that, and why', (_said, outcome, seat, result, why) => {
  expect(story(outcome, seat)).toMatchObject({ task: 9n, subject: 'run 4', result, why: expect.stringContaining(why) });
});

test('a seat that missed is told what it missed', () => {
  const keys = { worker: 'infinet1worker', vrfPublicKey: new Uint8Array(), backend: 'cpu' };
  const silent = story(Outcome.OUTCOME_VALID, { state: SeatState.SEAT_STATE_MISSED, keys });
  expect(silent).toMatchObject({
    result: 'missed',
    said: '-',
    why: expect.stringContaining('infinet1worker running?'),
  });
  const unrevealed = story(Outcome.OUTCOME_VALID, {
    state: SeatState.SEAT_STATE_MISSED,
    commitment: new Uint8Array(32),
  });
  expect(unrevealed).toMatchObject({ result: 'missed', why: 'committed, but did not reveal in time' });
});

test('an open seat is told what it waits for, and until when', () => {
  const seat = { state: SeatState.SEAT_STATE_COMMITTED, commitment: new Uint8Array(32) };
  expect(story(Outcome.OUTCOME_UNSPECIFIED, seat, TaskPhase.TASK_PHASE_COMMIT)).toMatchObject({
    outcome: 'open',
    said: 'committed',
    result: 'pending',
    why: 'seats examine and commit, until height 120',
  });
});
