import { bigint, customType, numeric, text, timestamp } from 'drizzle-orm/pg-core';

/** Columns of the kinds that all tables share. */

/** A height, id or count that the chain itself gives: far below 2^53. */
export const count = (name: string) => bigint(name, { mode: 'number' });

/** An integer of any size, above all what users choose: decimal text outside the database. */
export const integer = (name: string) => numeric(name);

/** Hash or other bytes as upper-case hex. */
export const hex = (name: string) => text(name);

/** A block's time, UTC; microseconds, since Postgres keeps no more. */
export const instant = (name: string) => timestamp(name, { mode: 'string', withTimezone: true });

export const bytes = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Uint8Array.from(value),
});
