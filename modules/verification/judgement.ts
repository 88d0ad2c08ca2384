/** Counts the votes of seats that judge instead of measuring: the scores of staked peers. Pure. */
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { Outcome, type Seat, SeatState, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { interval, krippendorffAlpha, median } from './agreement.ts';
import { isTwoThirds } from './formulas.ts';
import { type Tally, tallySeats } from './tally.ts';

/**
 * Like `tallySeats`, but VALID votes count together whatever their scores: two thirds of all seats that score decide, and
 * each criterion counts with the median. Reported besides: `agreement_range` (the largest distance of two scores of one
 * criterion), `alpha` (Krippendorff's, interval, criteria as units; absent where all scores are the same) and `judges`.
 */
export function tallyJudgement(seats: readonly Seat[], rubric: readonly { readonly name: string }[]): Tally {
  const judges = seats.filter(isJudge);
  if (!isTwoThirds(judges.length, seats.length)) return tallySeats(seats);
  const units = rubric.map(({ name }) => judges.map((seat) => scoreOf(seat, name)));
  const medians = rubric.map(({ name }, at): Metric => ({ name, value: median(units[at] ?? []) }));
  const alpha = krippendorffAlpha(units, interval);
  const metrics = [
    ...medians,
    { name: 'agreement_range', value: largest(units.map(range)) },
    ...(alpha === undefined ? [] : [{ name: 'alpha', value: alpha }]),
    { name: 'judges', value: BigInt(judges.length) },
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  const others = seats.filter((seat) => !judges.includes(seat) && answered(seat));
  return {
    outcome: Outcome.OUTCOME_VALID,
    metrics,
    agreed: judges.map(({ operator }) => operator),
    disagreed: others.map(({ operator }) => operator),
  };
}

function isJudge({ attestation, state }: Seat): boolean {
  return state === SeatState.SEAT_STATE_REVEALED && attestation?.verdict === Verdict.VERDICT_VALID;
}

function answered({ state }: Seat): boolean {
  return state === SeatState.SEAT_STATE_REVEALED || state === SeatState.SEAT_STATE_UNAVAILABLE;
}

function scoreOf({ attestation, operator }: Seat, criterion: string): bigint {
  const score = attestation?.metrics.find(({ name }) => name === criterion)?.value;
  if (score === undefined) throw new Error(`the seat of ${operator} lacks the score for ${criterion}`);
  return score;
}

function range(values: readonly bigint[]): bigint {
  const [least = 0n] = [...values].sort(ascending);
  return largest(values) - least;
}

function largest(values: readonly bigint[]): bigint {
  return [...values].sort(ascending).at(-1) ?? 0n;
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
