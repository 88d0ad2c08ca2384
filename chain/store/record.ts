import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter, FormatError } from './bytes.ts';
import type { ByteString } from './kv.ts';

/** One store's writes in order of their keys; `null` marks a deletion. */
export type StoreChanges = readonly (readonly [key: ByteString, value: Uint8Array | null])[];

/** What one block changed. */
export interface ChangeSet {
  readonly height: bigint;
  /** App hash of the version before, which ties the records to a chain. */
  readonly before: Uint8Array;
  /** App hash after the changes. */
  readonly after: Uint8Array;
  /** Stores in order of their names. */
  readonly stores: readonly (readonly [name: string, changes: StoreChanges])[];
}

/** `IFCS`, payload length u32, height u64 (big-endian), CRC-32 of these 16 bytes. */
export const headLength = 20;
const magic = Buffer.from('IFCS');
/**
 * SHA-256 of the log's secret, head and payload, which ends a record. The secret keeps anyone from having bytes stored
 * that would pass for a record of their own.
 */
const digestLength = 32;

function digestOf(secret: Uint8Array, record: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([secret, record]), 'buffer');
}

export function encodeRecord(set: ChangeSet, secret: Uint8Array): Buffer {
  const payload = new ByteWriter();
  payload.raw(set.before);
  payload.raw(set.after);
  payload.varint(set.stores.length);
  for (const [name, changes] of set.stores) {
    payload.string(name);
    payload.varint(changes.length);
    for (const [key, value] of changes) {
      payload.string(key);
      // A deletion is 0, a value its length and one more.
      payload.varint(value === null ? 0 : value.length + 1);
      if (value !== null) payload.raw(value);
    }
  }
  const body = payload.take();
  const head = Buffer.alloc(headLength);
  magic.copy(head);
  head.writeUInt32BE(body.length, 4);
  head.writeBigUInt64BE(set.height, 8);
  head.writeUInt32BE(crc32(head.subarray(0, 16)), 16);
  const record = Buffer.concat([head, body]);
  return Buffer.concat([record, digestOf(secret, record)]);
}

/** A record at `offset`, or what is wrong with it. */
export type RecordAt = { readonly set: ChangeSet; readonly end: number } | { readonly wrong: string };

export function readRecord(file: Buffer, offset: number, secret: Uint8Array): RecordAt {
  const head = file.subarray(offset, offset + headLength);
  if (head.length < headLength) return { wrong: 'it ends within a record head' };
  if (!head.subarray(0, 4).equals(magic) || head.readUInt32BE(16) !== crc32(head.subarray(0, 16))) {
    return { wrong: 'a record head fails its checksum' };
  }
  const height = head.readBigUInt64BE(8);
  const bodyEnd = offset + headLength + head.readUInt32BE(4);
  const end = bodyEnd + digestLength;
  if (end > file.length) return { wrong: `it ends within the record of height ${height}` };
  const digest = digestOf(secret, file.subarray(offset, bodyEnd));
  if (!digest.equals(file.subarray(bodyEnd, end))) {
    return { wrong: `the record of height ${height} fails its checksum` };
  }
  return { set: decodeBody(height, file.subarray(offset + headLength, bodyEnd)), end };
}

/** Offset of the next whole record behind `offset`, undefined if there is none. */
export function findRecord(file: Buffer, offset: number, secret: Uint8Array): number | undefined {
  for (let at = file.indexOf(magic, offset); at >= 0; at = file.indexOf(magic, at + 1)) {
    if ('set' in readRecord(file, at, secret)) return at;
  }
  return undefined;
}

function decodeBody(height: bigint, body: Buffer): ChangeSet {
  const reader = new ByteReader(body);
  const before = new Uint8Array(reader.raw(32));
  const after = new Uint8Array(reader.raw(32));
  const stores = Array.from({ length: reader.varint() }, () => [reader.string(), decodeChanges(reader)] as const);
  if (!reader.atEnd) throw new FormatError('holds more than its stores');
  return { height, before, after, stores };
}

function decodeChanges(reader: ByteReader): StoreChanges {
  return Array.from({ length: reader.varint() }, () => {
    const key = reader.string();
    const size = reader.varint();
    return [key, size === 0 ? null : new Uint8Array(reader.raw(size - 1))] as const;
  });
}
