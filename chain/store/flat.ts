import { crc32 } from 'node:zlib';
import type { BatchWriter } from './batch.ts';
import { DamageError } from './damage.ts';
import { longestFlatKey, type StateDatabase, tables } from './database.ts';
import type { ByteString } from './kv.ts';
import { Recent } from './recent.ts';
import type { StoreChanges } from './record.ts';

interface Pending {
  readonly height: bigint;
  readonly value: Uint8Array | null;
}

/** What a cached entry costs beside its key and value, bytes. */
const entryCost = 150;

/** Where the values of one store are at the last checkpoint. */
export interface FlatSource {
  readonly database: StateDatabase;
  readonly store: number;
  /** Bound of the values kept in memory, bytes. */
  readonly cacheBytes: number;
}

/**
 * The entries of one store at the tip, by key: what is not in a checkpoint yet, over what was read lately, over the
 * database. Without a database all of it is in memory. `undefined` from `get` may also mean that the key is too long for
 * the database; then the tree knows.
 */
export class FlatState {
  readonly #source: FlatSource | undefined;
  readonly #pending = new Map<ByteString, Pending>();
  readonly #cache: Recent<ByteString, Uint8Array>;

  constructor(source: FlatSource | undefined) {
    this.#source = source;
    this.#cache = new Recent(source?.cacheBytes ?? 0);
  }

  get(key: ByteString): Uint8Array | undefined {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending.value ?? undefined;
    const source = this.#source;
    if (source === undefined) return undefined;
    const cached = this.#cache.get(key, (value) => costOf(key, value));
    if (cached !== undefined) return cached;
    const value = readValue(source, key);
    if (value !== undefined) this.#cache.set(key, value, costOf(key, value));
    return value;
  }

  /** Applies the writes of a committed version. */
  apply(height: bigint, changes: StoreChanges): void {
    for (const [key, value] of changes) {
      if (this.#source === undefined && value === null) this.#pending.delete(key);
      else this.#pending.set(key, { height, value });
    }
  }

  /** Writes up to `height` are in the database now. */
  settled(height: bigint, changes: StoreChanges): void {
    if (this.#source === undefined) return;
    for (const [key] of changes) {
      const pending = this.#pending.get(key);
      if (pending === undefined || pending.height > height) continue;
      this.#pending.delete(key);
      if (pending.value === null) this.#cache.delete(key);
      else this.#cache.set(key, pending.value, costOf(key, pending.value));
    }
  }
}

function costOf(key: ByteString, value: Uint8Array): number {
  return key.length + value.length + entryCost;
}

/** Adds a store's writes to a batch: each value is followed by the CRC-32 of key and value. */
export function writeFlat(writer: BatchWriter, store: number, changes: StoreChanges): void {
  for (const [text, value] of changes) {
    if (text.length > longestFlatKey) continue;
    const key = flatKey(store, text);
    if (value === null) {
      writer.remove(tables.flat, key);
      continue;
    }
    writer.beginPut(tables.flat, key);
    writer.raw(value);
    writer.endChecked(crc32(key));
  }
}

export function flatKey(store: number, text: ByteString): Buffer {
  const key = Buffer.allocUnsafe(text.length + 1);
  key[0] = store;
  key.write(text, 1, 'latin1');
  return key;
}

function readValue({ database, store }: FlatSource, text: ByteString): Uint8Array | undefined {
  if (text.length > longestFlatKey) return undefined;
  const key = flatKey(store, text);
  const record = database.get(tables.flat, key);
  if (record === undefined) return undefined;
  const length = record.length - 4;
  if (length < 0 || record.readUInt32BE(length) !== crc32(record.subarray(0, length), crc32(key))) {
    throw new DamageError(`${database.path} is damaged: the value of key ${key.toString('hex')} fails its checksum`);
  }
  return new Uint8Array(record.subarray(0, length));
}
