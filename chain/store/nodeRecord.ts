import { crc32 } from 'node:zlib';
import type { BatchWriter } from './batch.ts';
import { ByteReader, FormatError } from './bytes.ts';
import { DamageError } from './damage.ts';
import { numberKey, type StateDatabase, tables } from './database.ts';
import { heightOf, Inner, Leaf, type Node, type NodeSource, Stub, sizeOf } from './iavl/node.ts';
import type { ByteString } from './kv.ts';
import { Recent } from './recent.ts';

/**
 * Adds a node to a batch of the database. Its record: height, version, key; then a leaf's value, or an inner node's size
 * and for each child its id, hash (32) and height, and the left one's size; last the CRC-32 of all of this, begun with the
 * low 32 bits of the node's id.
 */
export function writeNodeRecord(writer: BatchWriter, store: number, node: Node): void {
  writer.beginNumbered(tables.nodes, store, node.id);
  writer.varint(heightOf(node));
  writer.varint(node.version);
  writer.string(node.key);
  if (node.kind === 'leaf') writer.raw(node.value);
  else {
    const { left, right } = node;
    writer.varint(node.size);
    writer.varint(left.id);
    writer.latin1(left.hash);
    writer.varint(heightOf(left));
    writer.varint(sizeOf(left));
    writer.varint(right.id);
    writer.latin1(right.hash);
    writer.varint(heightOf(right));
  }
  writer.endChecked(seedOf(node.id));
}

function seedOf(id: number): number {
  return id % 2 ** 32;
}

function checkedRecord(id: number, record: Buffer): ByteReader {
  const length = record.length - 4;
  if (length < 2 || record.readUInt32BE(length) !== crc32(record.subarray(0, length), seedOf(id))) {
    throw new FormatError('fails its checksum');
  }
  return new ByteReader(record.subarray(0, length));
}

/** The key of a leaf's record, undefined for an inner node. */
export function leafKey(id: number, record: Buffer): ByteString | undefined {
  const reader = checkedRecord(id, record);
  if (reader.varint() !== 0) return undefined;
  reader.varint();
  return reader.string();
}

/** Reads a record; the hash is what the parent says, which the parent's own hash covers. */
export function readNodeRecord(id: number, stub: Stub, record: Buffer): Node {
  const reader = checkedRecord(id, record);
  const height = reader.varint();
  if (height !== stub.height) throw new FormatError('is not the node that its parent names');
  const version = reader.varint();
  const key = reader.string();
  const node = height === 0 ? new Leaf(key, new Uint8Array(reader.rest())) : readInner(reader, key, height);
  node.version = version;
  node.id = id;
  node.hash = stub.hash;
  return node;
}

function readInner(reader: ByteReader, key: string, height: number): Inner {
  const size = reader.varint();
  const left = new Stub(reader.varint(), reader.latin1(32), reader.varint(), reader.varint());
  const right = new Stub(reader.varint(), reader.latin1(32), reader.varint(), size - left.size);
  const node = new Inner(key, left, right);
  node.height = height;
  node.size = size;
  return node;
}

/** The nodes of one store in the database, the newest reads of them kept in memory. */
export class DiskNodes implements NodeSource {
  readonly #database: StateDatabase;
  readonly #store: number;
  readonly #read: Recent<number, Node>;
  /** One for all reads: some ten thousand of them make a block of a large state. */
  readonly #key: Buffer;

  /** `limit`: how many nodes to keep. */
  constructor(database: StateDatabase, store: number, limit: number) {
    this.#database = database;
    this.#store = store;
    this.#read = new Recent(limit);
    this.#key = numberKey(0, store);
  }

  load(stub: Stub): Node {
    const known = this.#read.get(stub.id, one);
    if (known !== undefined && known.hash === stub.hash) return known;
    this.#key.writeUIntBE(stub.id, 1, 6);
    const record = this.#database.get(tables.nodes, this.#key);
    if (record !== undefined) {
      try {
        const node = readNodeRecord(stub.id, stub, record);
        this.#read.set(node.id, node, 1);
        return node;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        throw this.#damage(stub.id, error.message);
      }
    }
    throw this.#damage(stub.id, 'is missing');
  }

  #damage(id: number, what: string): DamageError {
    return new DamageError(`${this.#database.path} is damaged: node ${id} of store ${this.#store} ${what}`);
  }

  /** Forgets what was read: after a rollback other nodes have the same ids. */
  clear(): void {
    this.#read.clear();
  }
}

function one(): number {
  return 1;
}
