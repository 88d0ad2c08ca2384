import { index, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

/** Every address that ever held coins. */
export const accounts = schema.table('accounts', {
  address: text('address').primaryKey(),
  /** Where it first received something; one below the first block for those of the genesis. */
  firstHeight: count('first_height').notNull(),
});

export const balances = schema.table(
  'balances',
  {
    address: text('address').notNull(),
    denom: text('denom').notNull(),
    amount: integer('amount').notNull(),
    /** Of the last change. */
    height: count('height').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.address, table.denom] }),
    index('balances_denom').on(table.denom, table.amount),
  ],
);

export const supply = schema.table('supply', {
  denom: text('denom').primaryKey(),
  amount: integer('amount').notNull(),
  height: count('height').notNull(),
});
