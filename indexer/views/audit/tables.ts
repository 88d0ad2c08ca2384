import { index, integer as int, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, hex, instant } from '../../database/columns.ts';
import { type StoredAttribute, schema } from '../../database/tables.ts';

/** Every event that names a contribution, in the order of execution. */
export const auditEntries = schema.table(
  'audit_entries',
  {
    contributionId: count('contribution_id').notNull(),
    height: count('height').notNull(),
    /** Of the event in its block. */
    position: int('position').notNull(),
    time: instant('time').notNull(),
    /** Null for what the end of a block did. */
    txHash: hex('tx_hash'),
    type: text('type').notNull(),
    attributes: jsonb('attributes').$type<readonly StoredAttribute[]>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.contributionId, table.height, table.position] }),
    index('audit_entries_height').on(table.height, table.position),
  ],
);
