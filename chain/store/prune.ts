import { numberKey, readHeight, type StateDatabase, tables } from './database.ts';
import { readOrphans } from './versionRecord.ts';

/** Nodes removed in one transaction: LMDB holds every page that a transaction touches in memory. */
const nodesAtOnce = 20_000;
/** Nodes removed in one go; the rest goes with the next checkpoints, so that blocks need not wait. */
const nodesPerRun = 200_000;

/**
 * Removes the versions below `oldest`: their records, and the nodes that none of the versions from `oldest` on has.
 * Of the stores numbered in `gone` everything goes. Returns how many nodes went. Each transaction leaves the database whole; what is left over goes next time.
 */
export function prune(database: StateDatabase, oldest: bigint, gone: readonly number[] = []): number {
  let removed = 0;
  // Before any node goes, nobody may believe that its version is there.
  database.transaction(() => {
    const known = readHeight(database, 'oldest') ?? 0n;
    if (oldest > known) database.put(tables.info, Buffer.from('oldest'), numberKey(Number(oldest)));
  });
  removeVersions(database, oldest);
  for (let more = true; more && removed < nodesPerRun; ) {
    const lists = firstLists(database, oldest);
    more = lists.length > 0;
    database.transaction(() => {
      for (const { key, nodes } of lists) {
        for (const node of nodes) database.remove(tables.nodes, node);
        database.remove(tables.orphans, key);
        removed += nodes.length;
      }
    });
  }
  for (const store of gone) {
    removed += removeRange(database, tables.nodes, numberKey(0, store), numberKey(0, store + 1), nodesPerRun - removed);
    removed += removeRange(database, tables.flat, Buffer.of(store), Buffer.of(store + 1), nodesPerRun - removed);
  }
  return removed;
}

/** Removes up to `limit` entries from `start` on, those below `end`. Returns how many. */
function removeRange(database: StateDatabase, table: number, start: Buffer, end: Buffer, limit: number): number {
  for (let removed = 0; ; ) {
    const keys: Buffer[] = [];
    for (const { key } of database.range(table, start, end)) {
      if (keys.length >= Math.min(nodesAtOnce, limit - removed)) break;
      keys.push(Buffer.from(key));
    }
    if (keys.length === 0) return removed;
    database.transaction(() => {
      for (const key of keys) database.remove(table, key);
    });
    removed += keys.length;
  }
}

function removeVersions(database: StateDatabase, oldest: bigint): void {
  const keys: Buffer[] = [];
  for (const { key } of database.range(tables.versions, numberKey(0), numberKey(Number(oldest)))) keys.push(key);
  for (let from = 0; from < keys.length; from += nodesAtOnce) {
    database.transaction(() => {
      for (const key of keys.slice(from, from + nodesAtOnce)) database.remove(tables.versions, key);
    });
  }
}

/** The oldest lists of nodes that no version from `oldest` on has: whole lists, about as many as fit a transaction. */
function firstLists(database: StateDatabase, oldest: bigint): { key: Buffer; nodes: Buffer[] }[] {
  const lists: { key: Buffer; nodes: Buffer[] }[] = [];
  let count = 0;
  for (const { key, value } of database.range(tables.orphans, numberKey(0), numberKey(Number(oldest) + 1))) {
    const nodes = readOrphans(database, BigInt(key.readUIntBE(0, 6)), value).flatMap(([store, ids]) =>
      ids.sort((a, b) => a - b).map((id) => numberKey(id, store)),
    );
    lists.push({ key, nodes });
    count += nodes.length;
    if (count >= nodesAtOnce) break;
  }
  return lists;
}
