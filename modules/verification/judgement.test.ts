import { describe, expect, it } from 'vitest';
import { Outcome, type Seat, SeatState, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { tallyJudgement } from './judgement.ts';

const rubric = [{ name: 'clarity' }, { name: 'depth' }];

function seat(operator: string, verdict: Verdict, scores: readonly [number, number] = [0, 0]): Seat {
  const metrics = rubric.map(({ name }, at) => ({ name, value: BigInt(scores[at] ?? 0) }));
  const empty = { traceRoot: new Uint8Array(), badUnit: 0n, vrfProof: new Uint8Array() };
  const valid = verdict === Verdict.VERDICT_VALID;
  return {
    operator,
    keys: undefined,
    state: SeatState.SEAT_STATE_REVEALED,
    commitment: new Uint8Array(),
    attestation: { verdict, metrics: valid ? metrics : [], ...empty },
    units: [],
  };
}

const silent = (operator: string): Seat => ({
  ...seat(operator, Verdict.VERDICT_VALID),
  state: SeatState.SEAT_STATE_MISSED,
});

describe('the scores of peers', () => {
  it('count by their median, with the range and the agreement of the judges beside them', () => {
    const tally = tallyJudgement(
      [
        seat('a', Verdict.VERDICT_VALID, [700_000, 400_000]),
        seat('b', Verdict.VERDICT_VALID, [800_000, 500_000]),
        seat('c', Verdict.VERDICT_VALID, [750_000, 100_000]),
        seat('d', Verdict.VERDICT_INVALID),
      ],
      rubric,
    );
    expect(tally.outcome).toBe(Outcome.OUTCOME_VALID);
    const metrics = Object.fromEntries(tally.metrics.map(({ name, value }) => [name, Number(value)]));
    expect(metrics).toMatchObject({ clarity: 750_000, depth: 400_000, agreement_range: 400_000, judges: 3 });
    expect(metrics.alpha).toBeGreaterThan(500_000);
    expect(tally.metrics.map(({ name }) => name)).toEqual(['agreement_range', 'alpha', 'clarity', 'depth', 'judges']);
    expect([tally.agreed, tally.disagreed]).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('decide nothing when fewer than two thirds of the seats gave any', () => {
    const one = seat('a', Verdict.VERDICT_VALID, [1, 1]);
    expect(tallyJudgement([one, silent('b'), silent('c')], rubric).outcome).toBe(Outcome.OUTCOME_UNANSWERED);
    const refused = [seat('b', Verdict.VERDICT_INVALID), seat('c', Verdict.VERDICT_INVALID)];
    expect(tallyJudgement([one, ...refused], rubric).outcome).toBe(Outcome.OUTCOME_INVALID);
    const split = [seat('b', Verdict.VERDICT_INVALID), seat('c', Verdict.VERDICT_UNAVAILABLE)];
    expect(tallyJudgement([one, ...split], rubric).outcome).toBe(Outcome.OUTCOME_DISAGREEMENT);
  });

  it('say nothing of agreement where all scores are the same', () => {
    const same = ['a', 'b'].map((name) => seat(name, Verdict.VERDICT_VALID, [5, 5]));
    expect(tallyJudgement(same, rubric).metrics.map(({ name }) => name)).not.toContain('alpha');
  });
});
