import { boolean, index, text } from 'drizzle-orm/pg-core';
import { count, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

export const valuations = schema.table(
  'valuations',
  {
    contributionId: count('contribution_id').primaryKey(),
    kind: text('kind').notNull(),
    objectiveId: count('objective_id').notNull(),
    beneficiary: text('beneficiary').notNull(),
    qualityGatePpm: integer('quality_gate_ppm').notNull(),
    baselinePpm: integer('baseline_ppm').notNull(),
    qualityPpm: integer('quality_ppm').notNull(),
    /** Signed. */
    impactMicro: integer('impact_micro').notNull(),
    weight: integer('weight').notNull(),
    passed: boolean('passed').notNull(),
    reason: text('reason').notNull(),
    /** May it be paid by emission. */
    emission: boolean('emission').notNull(),
    /** The weight is final and was handed to rewards. */
    settled: boolean('settled').notNull(),
    computedHeight: count('computed_height').notNull(),
    settledHeight: count('settled_height'),
  },
  (table) => [
    index('valuations_beneficiary').on(table.beneficiary),
    index('valuations_objective').on(table.objectiveId, table.weight),
  ],
);

export const reputations = schema.table('reputations', {
  address: text('address').primaryKey(),
  accepted: count('accepted').notNull(),
  rejected: count('rejected').notNull(),
  weight: integer('weight').notNull(),
  seatsServed: count('seats_served').notNull(),
  seatsMissed: count('seats_missed').notNull(),
  disputesWon: count('disputes_won').notNull(),
  disputesLost: count('disputes_lost').notNull(),
  height: count('height').notNull(),
});
