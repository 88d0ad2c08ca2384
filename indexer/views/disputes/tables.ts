import { index, integer as int, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, hex, instant, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

export const disputes = schema.table(
  'disputes',
  {
    id: count('id').primaryKey(),
    runId: count('run_id').notNull(),
    unit: integer('unit').notNull(),
    challenger: text('challenger').notNull(),
    trainer: text('trainer').notNull(),
    bond: integer('bond').notNull(),
    /** `open` or `resolved`. */
    status: text('status').notNull(),
    /** Who must move by `deadline`: `trainer`, `challenger`, or nobody. */
    next: text('next').notNull(),
    deadline: count('deadline').notNull(),
    moves: count('moves').notNull(),
    /** `trainer`, `challenger`, or empty while open and when another dispute decided the run. */
    winner: text('winner').notNull(),
    reason: text('reason').notNull(),
    bondTo: text('bond_to').notNull(),
    txHash: hex('tx_hash'),
    openedHeight: count('opened_height').notNull(),
    openedTime: instant('opened_time').notNull(),
    resolvedHeight: count('resolved_height'),
  },
  (table) => [
    index('disputes_run').on(table.runId, table.id),
    index('disputes_challenger').on(table.challenger),
    index('disputes_status').on(table.status, table.id),
  ],
);

export const disputeMoves = schema.table(
  'dispute_moves',
  {
    disputeId: count('dispute_id').notNull(),
    height: count('height').notNull(),
    position: int('position').notNull(),
    /** `trainer` or `challenger`. */
    side: text('side').notNull(),
    /** opening, selection or leaf. */
    move: text('move').notNull(),
    txHash: hex('tx_hash'),
  },
  (table) => [primaryKey({ columns: [table.disputeId, table.height, table.position] })],
);
