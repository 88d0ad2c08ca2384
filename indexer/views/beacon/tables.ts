import { index, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, hex, instant, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

export const beaconRounds = schema.table('beacon_rounds', {
  round: count('round').primaryKey(),
  value: hex('value').notNull(),
  /** Validators whose outputs are in it. */
  outputs: count('outputs').notNull(),
  /** Their power, and that of all bonded validators. */
  power: integer('power').notNull(),
  totalPower: integer('total_power').notNull(),
  height: count('height').notNull(),
  time: instant('time').notNull(),
});

/** Validators that gave no valid output to a round that closed. */
export const beaconMisses = schema.table(
  'beacon_misses',
  {
    round: count('round').notNull(),
    operator: text('operator').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.round, table.operator] }),
    index('beacon_misses_operator').on(table.operator),
  ],
);
