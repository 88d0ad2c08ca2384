/** What a training run shows about the computer behind it. */
import type { Context } from '../../chain/context.ts';
import { type Run, RunStatus, SeatState } from '../../proto/generated/infinet/verification/v1/types.ts';
import { punctualityPpm } from './formulas.ts';
import { paramsItem, tasks } from './state.ts';

const micro = 1_000_000n;

export interface WorkReport {
  /** Bech32 address. */
  readonly trainer: string;
  readonly accepted: boolean;
  readonly units: bigint;
  /** Operations, forward and backward, of one unit. */
  readonly unitFlop: bigint;
  /** Share of the seats that could get the run's states, in 10^-6. */
  readonly availabilityPpm: bigint;
  /** 10^6 if it was committed within half of its window, falling to 0 at the deadline. */
  readonly punctualityPpm: bigint;
  /** The contribution that its model became, 0 if none. */
  readonly modelContributionId: bigint;
}

export function workReport(ctx: Context, run: Run): WorkReport {
  const seats = tasks.get(ctx, run.taskId)?.seats ?? [];
  const served = seats.filter(({ state }) => isServed(state)).length;
  const asked = seats.filter(({ state }) => isServed(state) || state === SeatState.SEAT_STATE_UNAVAILABLE).length;
  return {
    trainer: run.trainer,
    accepted: run.status === RunStatus.RUN_STATUS_ACCEPTED,
    units: run.units,
    unitFlop: run.unitFlop,
    availabilityPpm: asked === 0 ? 0n : (BigInt(served) * micro) / BigInt(asked),
    punctualityPpm: punctualityPpm(run.committedHeight, run.commitDeadline, paramsItem.require(ctx).runWindow),
    modelContributionId: run.modelContributionId,
  };
}

/** Seats that acknowledged the bytes, whatever they did then; one that never answered says nothing about the trainer. */
function isServed(state: SeatState): boolean {
  return (
    state === SeatState.SEAT_STATE_ACKED ||
    state === SeatState.SEAT_STATE_COMMITTED ||
    state === SeatState.SEAT_STATE_REVEALED
  );
}
