import { index, integer as int, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, hex, instant, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

/** One row for each denomination of a transfer. */
export const transfers = schema.table(
  'transfers',
  {
    height: count('height').notNull(),
    /** Of the event in its block. */
    position: int('position').notNull(),
    denom: text('denom').notNull(),
    amount: integer('amount').notNull(),
    /** Null for transfers of MsgMultiSend, whose events do not name it. */
    sender: text('sender'),
    recipient: text('recipient').notNull(),
    txHash: hex('tx_hash'),
    time: instant('time').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.height, table.position, table.denom] }),
    index('transfers_sender').on(table.sender, table.height),
    index('transfers_recipient').on(table.recipient, table.height),
  ],
);
