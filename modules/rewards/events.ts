import { defineEvent, flag, integer, text } from '../../chain/events.ts';

/** Amounts in the staking denomination's smallest unit; `limit` is what held the budget: schedule, value or supply. */
export const epochClosed = defineEvent('epoch_closed', {
  epoch: integer,
  cap: integer,
  halvings: integer,
  index_ppm: integer,
  index_stale: flag,
  paused: flag,
  value_limit: integer,
  supply_limit: integer,
  draw_limit: integer,
  budget: integer,
  limit: text,
  paid: integer,
  data: integer,
  model: integer,
  compute: integer,
  expertise: integer,
  verifiers: integer,
  stakers: integer,
  community: integer,
  dust: integer,
  reserve: integer,
  lapsed: integer,
  scheduled: integer,
  issued: integer,
});

/**
 * The contributions of an epoch that closed in an earlier block are all paid; `dust` is the epoch's now: that of
 * `epoch_closed`, and what rounding left of the streams of contributions.
 */
export const payoutFinished = defineEvent('payout_finished', {
  epoch: integer,
  dust: integer,
});

/** An amount became claimable; `contribution` is 0 for verifiers and stakers. */
export const rewardPaid = defineEvent('reward_paid', {
  epoch: integer,
  stream: text,
  contribution: integer,
  beneficiary: text,
  weight: integer,
  amount: integer,
});

export const rewardsClaimed = defineEvent('rewards_claimed', {
  claimant: text,
  amount: integer,
  denom: text,
});
