import { existsSync } from 'node:fs';
import { BatchWriter } from './batch.ts';
import { ChangeLog } from './changeLog.ts';
import { DamageError } from './damage.ts';
import { numberKey, readHeight, StateDatabase, tables } from './database.ts';
import { databasePath } from './disk.ts';
import { writeFlat } from './flat.ts';
import type { ByteString } from './kv.ts';
import { openMetadata, type StoreMeta, saveStoreSets } from './metadata.ts';
import { DiskNodes, leafKey } from './nodeRecord.ts';
import { readMarker, removeMarker, writeMarker } from './rollbackMarker.ts';
import { demandStores, type StoreSets, sameStores } from './storeSets.ts';
import type { CommittedVersion } from './version.ts';
import { readOrphans, readVersion } from './versionRecord.ts';

/** At most so many blocks are taken back at once. */
export const mostBlocks = 10;

/** A rollback that cannot be done; the store is as it was. */
export class RollbackError extends Error {
  override readonly name = 'RollbackError';
}

/**
 * Takes the last blocks (1 to 10) back from a store that nobody has open, and returns the height that it is at then.
 * Throws `RollbackError` where that version is not kept, and `StoreMismatchError` unless `storeNames` are those of the last
 * version or of the one to go back to, which an upgrade may have changed. A crash in the middle is made good by the next opening.
 */
export async function rollbackStore(
  folder: string,
  meta: StoreMeta,
  storeNames: readonly string[],
  blocks: number,
): Promise<bigint> {
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > mostBlocks) {
    throw new RollbackError(`${blocks} blocks cannot be taken back: 1 to ${mostBlocks}`);
  }
  if (!existsSync(folder)) throw new RollbackError(`${folder} holds no state`);
  const { secret, sets: found } = openMetadata(folder, meta, [...new Set(storeNames)]);
  const sets = finishRollback(folder, secret, found);
  const tip = await tipOf(folder, secret);
  const target = tip - BigInt(blocks);
  if (!sameStores(sets.at(target).keys(), storeNames)) demandStores(folder, sets.at(tip).keys(), storeNames);
  const database = new StateDatabase(databasePath(folder));
  try {
    const checkpoint = readHeight(database, 'checkpoint') ?? 0n;
    const oldest = readHeight(database, 'oldest') ?? 0n;
    if (target < 1n || (target < checkpoint && (target < oldest || versionAt(database, sets, target) === undefined))) {
      throw new RollbackError(`version ${target} is not kept, the oldest one is ${oldest > 0n ? oldest : 1n}`);
    }
  } finally {
    await database.close();
  }
  writeMarker(folder, secret, target);
  finishRollback(folder, secret, sets);
  return target;
}

/**
 * Does what is left of a rollback that was begun, nothing if none was. Returns the stores that there are then. Throws
 * `DamageError` where the decision is not what was written.
 */
export function finishRollback(folder: string, secret: Uint8Array, sets: StoreSets): StoreSets {
  const target = readMarker(folder, secret);
  if (target === undefined) return sets;
  const database = new StateDatabase(databasePath(folder));
  if ((readHeight(database, 'checkpoint') ?? 0n) > target) database.write([revert(database, sets, target)]);
  ChangeLog.open(folder, secret).cutAbove(target);
  const left = sets.upTo(target);
  saveStoreSets(folder, left);
  removeMarker(folder);
  void database.close();
  return left;
}

async function tipOf(folder: string, secret: Uint8Array): Promise<bigint> {
  const database = new StateDatabase(databasePath(folder));
  try {
    let tip = readHeight(database, 'checkpoint') ?? 0n;
    ChangeLog.open(folder, secret).replay(
      tip,
      ({ height }) => {
        tip = height;
      },
      () => {},
    );
    return tip;
  } finally {
    await database.close();
  }
}

function versionAt(database: StateDatabase, sets: StoreSets, height: bigint): CommittedVersion | undefined {
  return readVersion(database, height, (name) => new DiskNodes(database, sets.number(name, height), 1000));
}

/** A batch that makes `target` the last checkpoint: what came later goes, and the flat state is as the trees were. */
function revert(database: StateDatabase, sets: StoreSets, target: bigint): Buffer {
  const version = versionAt(database, sets, target);
  if (version === undefined) throw new DamageError(`${database.path} has no version ${target} to roll back to`);
  const writer = new BatchWriter();
  const names = new Map([...sets.at(target)].map(([name, store]) => [store, name]));
  const touched = new Map<number, Set<ByteString>>([...names.keys()].map((store) => [store, new Set()]));
  const touch = (store: number, id: number, record: Buffer | undefined) => {
    if (record === undefined)
      throw new DamageError(`${database.path} is damaged: node ${id} of store ${store} is missing`);
    const key = leafKey(id, record);
    if (key !== undefined) touched.get(store)?.add(key);
  };
  for (const [store, name] of names) {
    const from = numberKey(version.nextId(name), store);
    for (const { key, value } of database.range(tables.nodes, from, numberKey(0, store + 1))) {
      touch(store, key.readUIntBE(1, 6), value);
      writer.remove(tables.nodes, key);
    }
  }
  // Of stores that came later everything goes.
  for (let store = sets.upTo(target).count; store < sets.count; store++) {
    for (const { key } of database.range(tables.nodes, numberKey(0, store), numberKey(0, store + 1))) {
      writer.remove(tables.nodes, key);
    }
    for (const { key } of database.range(tables.flat, Buffer.of(store), Buffer.of(store + 1))) {
      writer.remove(tables.flat, key);
    }
  }
  for (const { key, value } of [...after(database, tables.orphans, target)]) {
    for (const [store, ids] of readOrphans(database, BigInt(key.readUIntBE(0, 6)), value)) {
      const later = version.nextId(names.get(store) ?? '');
      for (const id of ids) if (id < later) touch(store, id, database.get(tables.nodes, numberKey(id, store)));
    }
    writer.remove(tables.orphans, key);
  }
  for (const { key } of after(database, tables.versions, target)) writer.remove(tables.versions, key);
  for (const [store, name] of names) {
    const tree = version.tree(name);
    writeFlat(
      writer,
      store,
      [...(touched.get(store) ?? [])].map((key) => [key, tree.get(key) ?? null] as const),
    );
  }
  writer.put(tables.info, Buffer.from('checkpoint'), numberKey(Number(target)));
  return writer.take();
}

/** Entries of heights above `height`, with bytes of their own. */
function* after(database: StateDatabase, table: number, height: bigint): Generator<{ key: Buffer; value: Buffer }> {
  for (const { key, value } of database.range(table, numberKey(Number(height) + 1), numberKey(2 ** 48 - 1))) {
    yield { key: Buffer.from(key), value: Buffer.from(value) };
  }
}
