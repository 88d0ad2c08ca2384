import { crc32 } from 'node:zlib';
import type { BatchWriter } from './batch.ts';
import { ByteReader } from './bytes.ts';
import { DamageError } from './damage.ts';
import { numberKey, type StateDatabase, tables } from './database.ts';
import { heightOf, type NodeId, type NodeSource, Stub, sizeOf } from './iavl/node.ts';
import { type SavedTree, Tree } from './iavl/tree.ts';
import { CommittedVersion } from './version.ts';

/**
 * Adds the record of a version: number of stores; for each its name, the id that its next node gets, 0 for an empty tree,
 * else 1 and the root's id, hash (32), height and size; then the CRC-32 of this, begun with the height's low 32 bits.
 */
export function writeVersionRecord(writer: BatchWriter, version: CommittedVersion): void {
  writer.beginPut(tables.versions, numberKey(Number(version.height)));
  writer.varint(version.trees.size);
  for (const [name, tree] of version.trees) {
    writer.string(name);
    writer.varint(version.nextId(name));
    writer.varint(tree.root === undefined ? 0 : 1);
    if (tree.root === undefined) continue;
    writer.varint(tree.root.id);
    writer.latin1(tree.root.hash);
    writer.varint(heightOf(tree.root));
    writer.varint(sizeOf(tree.root));
  }
  writer.endChecked(seedOf(version.height));
}

/** Adds the list of nodes that went with a version: for each store its number, how many, and their ids. */
export function writeOrphans(
  writer: BatchWriter,
  height: bigint,
  edits: readonly (readonly [store: number, edit: SavedTree])[],
): void {
  writer.beginPut(tables.orphans, numberKey(Number(height)));
  for (const [store, { orphans }] of edits) {
    if (orphans.length === 0) continue;
    writer.varint(store);
    writer.varint(orphans.length);
    for (const id of orphans) writer.varint(id);
  }
  writer.endChecked(seedOf(height));
}

/** A version with its trees on disk, undefined if it is not there. Throws `DamageError`. */
export function readVersion(
  database: StateDatabase,
  height: bigint,
  nodes: (store: string) => NodeSource,
  isStore?: (name: string) => boolean,
): CommittedVersion | undefined {
  const record = database.get(tables.versions, numberKey(Number(height)));
  if (record === undefined) return undefined;
  const reader = checked(database, height, record, 'the record');
  const trees = new Map<string, Tree>();
  const nextIds = new Map<string, NodeId>();
  for (let left = reader.varint(); left > 0; left--) {
    const name = reader.string();
    nextIds.set(name, reader.varint());
    const empty = reader.varint() === 0;
    const root = empty
      ? undefined
      : new Stub(reader.varint(), reader.raw(32).toString('latin1'), reader.varint(), reader.varint());
    trees.set(name, new Tree(root, nodes(name)));
  }
  return new CommittedVersion(height, trees, nextIds, isStore);
}

/** The nodes that went with a version, by store number. Throws `DamageError`. */
export function readOrphans(database: StateDatabase, height: bigint, record: Buffer): [store: number, ids: NodeId[]][] {
  const reader = checked(database, height, record, 'the list of old nodes');
  const lists: [number, NodeId[]][] = [];
  while (!reader.atEnd) {
    const store = reader.varint();
    lists.push([store, Array.from({ length: reader.varint() }, () => reader.varint())]);
  }
  return lists;
}

function checked(database: StateDatabase, height: bigint, record: Buffer, what: string): ByteReader {
  const length = record.length - 4;
  if (length < 0 || record.readUInt32BE(length) !== crc32(record.subarray(0, length), seedOf(height))) {
    throw new DamageError(`${database.path} is damaged: ${what} of height ${height} fails its checksum`);
  }
  // A copy: the record is overwritten by the next read.
  return new ByteReader(Buffer.from(record.subarray(0, length)));
}

function seedOf(height: bigint): number {
  return Number(height % 2n ** 32n);
}
