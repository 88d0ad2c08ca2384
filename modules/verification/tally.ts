/** Counts the votes of a task's seats; pure. */
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { Outcome, type Seat, SeatState, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { isTwoThirds } from './formulas.ts';
import { metricsText } from './names.ts';

export interface Tally {
  readonly outcome: Outcome;
  /** With OUTCOME_VALID: what the seats agree on. */
  readonly metrics: readonly Metric[];
  /** Operators whose vote is the outcome, in the order of the seats. */
  readonly agreed: readonly string[];
  /** Operators that voted otherwise. */
  readonly disagreed: readonly string[];
}

/**
 * One seat, one vote. VALID votes count together only if their metrics are equal to the last unit; INVALID and FRAUD
 * count together. Two thirds of all seats decide, silent ones included; with fewer than two thirds answering it is
 * UNANSWERED, otherwise DISAGREEMENT.
 */
export function tallySeats(seats: readonly Seat[]): Tally {
  const groups = new Map<string, Seat[]>();
  for (const seat of seats) {
    const vote = voteOf(seat);
    if (vote === undefined) continue;
    const group = groups.get(vote);
    if (group === undefined) groups.set(vote, [seat]);
    else group.push(seat);
  }
  const answered = [...groups.values()].flat();
  for (const [vote, group] of groups) {
    if (!isTwoThirds(group.length, seats.length)) continue;
    return {
      outcome: outcomeOf(vote),
      metrics: group[0]?.attestation?.metrics ?? [],
      agreed: operators(seats.filter((seat) => group.includes(seat))),
      disagreed: operators(seats.filter((seat) => answered.includes(seat) && !group.includes(seat))),
    };
  }
  const enough = isTwoThirds(answered.length, seats.length);
  return {
    outcome: enough ? Outcome.OUTCOME_DISAGREEMENT : Outcome.OUTCOME_UNANSWERED,
    metrics: [],
    agreed: [],
    disagreed: [],
  };
}

function voteOf(seat: Seat): string | undefined {
  if (seat.state === SeatState.SEAT_STATE_UNAVAILABLE) return 'unavailable';
  if (seat.state !== SeatState.SEAT_STATE_REVEALED) return undefined;
  switch (seat.attestation?.verdict) {
    case Verdict.VERDICT_VALID:
      return `valid ${metricsText(seat.attestation.metrics)}`;
    case Verdict.VERDICT_INVALID:
    case Verdict.VERDICT_FRAUD:
      return 'invalid';
    case Verdict.VERDICT_UNAVAILABLE:
      return 'unavailable';
    default:
      return undefined;
  }
}

function outcomeOf(vote: string): Outcome {
  if (vote === 'invalid') return Outcome.OUTCOME_INVALID;
  return vote === 'unavailable' ? Outcome.OUTCOME_UNAVAILABLE : Outcome.OUTCOME_VALID;
}

function operators(seats: readonly Seat[]): string[] {
  return seats.map((seat) => seat.operator);
}
