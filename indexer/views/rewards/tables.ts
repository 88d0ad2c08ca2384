import { boolean, index, integer as int, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, hex, instant, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

/** What each epoch paid and why not more. Amounts in the staking denomination's smallest unit. */
export const epochs = schema.table('epochs', {
  epoch: count('epoch').primaryKey(),
  cap: integer('cap').notNull(),
  halvings: count('halvings').notNull(),
  indexPpm: integer('index_ppm').notNull(),
  indexStale: boolean('index_stale').notNull(),
  paused: boolean('paused').notNull(),
  valueLimit: integer('value_limit').notNull(),
  supplyLimit: integer('supply_limit').notNull(),
  drawLimit: integer('draw_limit').notNull(),
  budget: integer('budget').notNull(),
  /** What held the budget: schedule, value or supply. */
  limit: text('limit').notNull(),
  paid: integer('paid').notNull(),
  data: integer('data').notNull(),
  model: integer('model').notNull(),
  compute: integer('compute').notNull(),
  expertise: integer('expertise').notNull(),
  verifiers: integer('verifiers').notNull(),
  stakers: integer('stakers').notNull(),
  community: integer('community').notNull(),
  dust: integer('dust').notNull(),
  reserve: integer('reserve').notNull(),
  lapsed: integer('lapsed').notNull(),
  scheduled: integer('scheduled').notNull(),
  issued: integer('issued').notNull(),
  height: count('height').notNull(),
  time: instant('time').notNull(),
});

/** An amount that became claimable. */
export const rewards = schema.table(
  'rewards',
  {
    height: count('height').notNull(),
    position: int('position').notNull(),
    epoch: count('epoch').notNull(),
    stream: text('stream').notNull(),
    /** 0 for verifiers and stakers. */
    contributionId: count('contribution_id').notNull(),
    beneficiary: text('beneficiary').notNull(),
    weight: integer('weight').notNull(),
    amount: integer('amount').notNull(),
    time: instant('time').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.height, table.position] }),
    index('rewards_beneficiary').on(table.beneficiary, table.epoch),
    index('rewards_contribution').on(table.contributionId, table.epoch),
    index('rewards_epoch').on(table.epoch),
  ],
);

export const rewardClaims = schema.table(
  'reward_claims',
  {
    height: count('height').notNull(),
    position: int('position').notNull(),
    claimant: text('claimant').notNull(),
    amount: integer('amount').notNull(),
    denom: text('denom').notNull(),
    txHash: hex('tx_hash'),
    time: instant('time').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.height, table.position] }),
    index('reward_claims_claimant').on(table.claimant, table.height),
  ],
);

/** Sums of an address: what is claimable is `earned` less `claimed`. */
export const rewardTotals = schema.table('reward_totals', {
  address: text('address').primaryKey(),
  earned: integer('earned').notNull(),
  claimed: integer('claimed').notNull(),
});
