import { boolean, integer as int, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, instant, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

const figures = {
  symbol: text('symbol').notNull(),
  /** In 10^-6 of the quote currency. */
  medianMicro: integer('median_micro').notNull(),
  slowMicro: integer('slow_micro').notNull(),
  spreadPpm: integer('spread_ppm').notNull(),
  lagPpm: integer('lag_ppm').notNull(),
  stale: boolean('stale').notNull(),
  height: count('height').notNull(),
  time: instant('time').notNull(),
};

/** The last word on each symbol. */
export const prices = schema.table('prices', { ...figures, symbol: text('symbol').primaryKey() });

export const priceUpdates = schema.table(
  'price_updates',
  { ...figures, position: int('position').notNull() },
  (table) => [primaryKey({ columns: [table.symbol, table.height, table.position] })],
);
