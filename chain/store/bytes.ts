import { crc32 } from 'node:zlib';
import { writeVarint } from './iavl/node.ts';
import type { ByteString } from './kv.ts';

/** Bytes that do not follow the format they should have. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** Writes the store's file formats: varints, and byte strings with their length before them. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + more));
    this.#buffer.copy(bigger, 0, 0, this.#length);
    this.#buffer = bigger;
  }

  /** A non-negative safe integer. */
  varint(value: number): void {
    this.#reserve(8);
    this.#length = writeVarint(this.#buffer, this.#length, value);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  string(text: ByteString): void {
    this.varint(text.length);
    this.latin1(text);
  }

  /** One character a byte, without its length. */
  latin1(text: ByteString): void {
    this.#reserve(text.length);
    this.#length += this.#buffer.write(text, this.#length, 'latin1');
  }

  /** One byte. */
  uint8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Big-endian, 6 bytes. */
  uint48(value: number): void {
    this.#reserve(6);
    this.#length = this.#buffer.writeUIntBE(value, this.#length, 6);
  }

  /** Big-endian. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  /** Replaces what `uint32` wrote at `offset`. */
  patchUint32(offset: number, value: number): void {
    this.#buffer.writeUInt32BE(value, offset);
  }

  /** CRC-32 of what was written from `offset` on. */
  crcFrom(offset: number, seed: number): number {
    return crc32(this.#buffer.subarray(offset, this.#length), seed);
  }

  /** The same in memory of its own, which may be handed to another thread. */
  takeOwn(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#length);
    taken.set(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  /** What was written so far; the writer starts anew and never touches these bytes again. */
  take(): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }
}

/** Reads what `ByteWriter` wrote; throws `FormatError` past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  varint(): number {
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 128) {
      this.#at++;
      return first;
    }
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new FormatError('ends within a number');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new FormatError('holds a number that is too long');
  }

  /** A view, not a copy. */
  raw(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new FormatError('ends within a value');
    const view = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return view;
  }

  /** So many bytes, one character each. */
  latin1(length: number): ByteString {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new FormatError('ends within a value');
    this.#at += length;
    return this.#bytes.toString('latin1', start, this.#at);
  }

  /** All that is left; a view, not a copy. */
  rest(): Buffer {
    return this.raw(this.#bytes.length - this.#at);
  }

  uint32(): number {
    return this.raw(4).readUInt32BE(0);
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.raw(this.varint()));
  }

  string(): ByteString {
    return this.latin1(this.varint());
  }
}
