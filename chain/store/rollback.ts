import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BatchWriter } from './batch.ts';
import { ChangeLog } from './changeLog.ts';
import { DamageError } from './damage.ts';
import { numberKey, readHeight, StateDatabase, tables } from './database.ts';
import { databasePath } from './disk.ts';
import { replaceFile, syncFolder } from './files.ts';
import { writeFlat } from './flat.ts';
import type { ByteString } from './kv.ts';
import { openMetadata, type StoreMeta } from './metadata.ts';
import { DiskNodes, leafKey } from './nodeRecord.ts';
import { compareKeys } from './overlay.ts';
import type { CommittedVersion } from './version.ts';
import { readOrphans, readVersion } from './versionRecord.ts';

/** At most so many blocks are taken back at once. */
export const mostBlocks = 10;

/** A rollback that cannot be done; the store is as it was. */
export class RollbackError extends Error {
  override readonly name = 'RollbackError';
}

const Marker = z.object({ height: z.string().regex(/^\d{1,15}$/) });

function markerPath(folder: string): string {
  return join(folder, 'rollback.json');
}

/**
 * Takes the last blocks (1 to 10) back from a store that nobody has open, and returns the height that it is at then.
 * Throws `RollbackError` where that version is not kept. A crash in the middle is made good by the next opening.
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
  const stores = [...new Set(storeNames)].sort(compareKeys);
  const secret = openMetadata(folder, meta, stores);
  finishRollback(folder, secret, stores);
  const target = (await tipOf(folder, secret)) - BigInt(blocks);
  const database = new StateDatabase(databasePath(folder));
  try {
    const checkpoint = readHeight(database, 'checkpoint') ?? 0n;
    const oldest = readHeight(database, 'oldest') ?? 0n;
    if (
      target < 1n ||
      (target < checkpoint && (target < oldest || versionAt(database, stores, target) === undefined))
    ) {
      throw new RollbackError(`version ${target} is not kept, the oldest one is ${oldest > 0n ? oldest : 1n}`);
    }
  } finally {
    await database.close();
  }
  replaceFile(markerPath(folder), Buffer.from(JSON.stringify({ height: target.toString() })));
  finishRollback(folder, secret, stores);
  return target;
}

/** Does what is left of a rollback that was begun; nothing if none was. */
export function finishRollback(folder: string, secret: Uint8Array, stores: readonly string[]): void {
  const path = markerPath(folder);
  if (!existsSync(path)) return;
  const target = BigInt(Marker.parse(JSON.parse(readFileSync(path, 'utf8'))).height);
  const database = new StateDatabase(databasePath(folder));
  if ((readHeight(database, 'checkpoint') ?? 0n) > target) database.write([revert(database, stores, target)]);
  ChangeLog.open(folder, secret).cutAbove(target);
  unlinkSync(path);
  syncFolder(folder);
  void database.close();
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

function versionAt(database: StateDatabase, stores: readonly string[], height: bigint): CommittedVersion | undefined {
  return readVersion(database, height, (name) => new DiskNodes(database, stores.indexOf(name), 1000));
}

/** A batch that makes `target` the last checkpoint: what came later goes, and the flat state is as the trees were. */
function revert(database: StateDatabase, stores: readonly string[], target: bigint): Buffer {
  const version = versionAt(database, stores, target);
  if (version === undefined) throw new DamageError(`${database.path} has no version ${target} to roll back to`);
  const writer = new BatchWriter();
  const touched = new Map<string, Set<ByteString>>(stores.map((name) => [name, new Set()]));
  const touch = (store: number, id: number, record: Buffer | undefined) => {
    if (record === undefined)
      throw new DamageError(`${database.path} is damaged: node ${id} of store ${store} is missing`);
    const key = leafKey(id, record);
    if (key !== undefined) touched.get(stores[store] ?? '')?.add(key);
  };
  for (const [store, name] of stores.entries()) {
    for (const { key, value } of database.range(
      tables.nodes,
      numberKey(version.nextId(name), store),
      numberKey(2 ** 48 - 1, store),
    )) {
      touch(store, key.readUIntBE(1, 6), value);
      writer.remove(tables.nodes, key);
    }
  }
  for (const { key, value } of [...after(database, tables.orphans, target)]) {
    for (const [store, ids] of readOrphans(database, BigInt(key.readUIntBE(0, 6)), value)) {
      const later = version.nextId(stores[store] ?? '');
      for (const id of ids) if (id < later) touch(store, id, database.get(tables.nodes, numberKey(id, store)));
    }
    writer.remove(tables.orphans, key);
  }
  for (const { key } of after(database, tables.versions, target)) writer.remove(tables.versions, key);
  for (const [store, name] of stores.entries()) {
    const tree = version.tree(name);
    writeFlat(
      writer,
      store,
      [...(touched.get(name) ?? [])].map((key) => [key, tree.get(key) ?? null] as const),
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
