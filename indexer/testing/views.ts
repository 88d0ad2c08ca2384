import type { PgTable } from 'drizzle-orm/pg-core';
import type { ChainEvent } from '../../chain/events.ts';
import { Changes } from '../database/changes.ts';
import { ViewRunner } from '../views/apply.ts';
import type { View } from '../views/view.ts';

/** What events at the end of block 10 do to views. */
export function applyEvents(views: readonly View[], events: readonly ChainEvent[]): Changes {
  const changes = new Changes();
  new ViewRunner(views, 'infinet').apply(
    {
      height: 10,
      time: '2026-01-01T00:00:10Z',
      txs: [],
      events: events.map((event) => ({ event, txPosition: null })),
      validatorUpdates: [],
    },
    changes,
  );
  return changes;
}

/** What is to be written into one table. */
export function rowsOf(changes: Changes, table: PgTable): readonly Record<string, unknown>[] {
  for (const [changed, rows] of changes.entries()) {
    if (changed === table) return rows.map(({ values }) => values);
  }
  return [];
}
