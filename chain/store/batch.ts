import { ByteReader, ByteWriter } from './bytes.ts';

/** Mark of a removal where the length of a value stands. */
const removed = 0xffffffff;

/**
 * Collects writes to the state database as bytes, which go to another thread without being copied: table, length of the
 * key, key, length of the value (4 bytes, all ones for a removal), value.
 */
export class BatchWriter extends ByteWriter {
  #valueAt = 0;

  /** What is written from here to `end` or `endChecked` is the value. */
  beginPut(table: number, key: Uint8Array): void {
    this.varint(table);
    this.bytes(key);
    this.uint32(0);
    this.#valueAt = this.length;
  }

  /** The same for a key of a number before a number of 6 bytes. */
  beginNumbered(table: number, prefix: number, key: number): void {
    this.varint(table);
    this.varint(7);
    this.uint8(prefix);
    this.uint48(key);
    this.uint32(0);
    this.#valueAt = this.length;
  }

  end(): void {
    this.patchUint32(this.#valueAt - 4, this.length - this.#valueAt);
  }

  /** Ends the value with the CRC-32 of it, begun with `seed`. */
  endChecked(seed: number): void {
    this.uint32(this.crcFrom(this.#valueAt, seed));
    this.end();
  }

  put(table: number, key: Uint8Array, value: Uint8Array): void {
    this.beginPut(table, key);
    this.raw(value);
    this.end();
  }

  remove(table: number, key: Uint8Array): void {
    this.varint(table);
    this.bytes(key);
    this.uint32(removed);
  }
}

export interface BatchEntry {
  readonly table: number;
  readonly key: Buffer;
  /** Undefined: the key is removed. */
  readonly value: Buffer | undefined;
}

export function* readBatch(batch: Buffer): Generator<BatchEntry> {
  const reader = new ByteReader(batch);
  while (!reader.atEnd) {
    const table = reader.varint();
    const key = reader.raw(reader.varint());
    const size = reader.uint32();
    yield { table, key, value: size === removed ? undefined : reader.raw(size) };
  }
}
