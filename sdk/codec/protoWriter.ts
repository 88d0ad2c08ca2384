/** Bytes that a writer begins with. */
const firstBytes = 1024;
/** Larger work areas are given back to the garbage collector. */
const maxKeptBytes = 1 << 20;
/** Work areas that wait for the next writer. */
const maxSpares = 4;
/** V8 keeps typed arrays up to this length in its own heap, where they cost a tenth. */
const smallBytes = 64;
/** Longer messages share slabs of this length. */
const slabBytes = 32_768;
/** Text up to this length is quicker to write by hand. */
const shortText = 128;

const utf8 = new TextEncoder();

/**
 * Writes protobuf's wire format, with the interface that the encoders of cosmjs-types call. It stands in the place of
 * their own writer (`mend.ts`), which writes 64-bit varints from 2^31 to 2^32-1 as garbage, and makes an object for each
 * value. Protobuf encoding guide, "Message structure".
 *
 * Messages beyond 64 bytes are pieces of a shared slab: who keeps one for long copies it.
 */
export class ProtoWriter {
  static readonly #spares: Uint8Array[] = [];
  static #slab = new ArrayBuffer(slabBytes);
  static #slabAt = 0;

  #bytes: Uint8Array = ProtoWriter.#spares.pop() ?? new Uint8Array(firstBytes);
  #at = 0;
  /** Where the messages begin that are under way inside this one. */
  readonly #starts: number[] = [];

  static create(): ProtoWriter {
    return new ProtoWriter();
  }

  /** All that was written; the writer is empty afterwards. */
  finish(): Uint8Array {
    const message = ProtoWriter.#place(this.#at);
    // For few bytes a loop is quicker than a view to copy from.
    if (this.#at > shortText) message.set(this.#bytes.subarray(0, this.#at));
    else for (let index = 0; index < message.length; index++) message[index] = this.#bytes[index] ?? 0;
    this.#at = 0;
    const { length } = this.#bytes;
    if (length <= maxKeptBytes && ProtoWriter.#spares.length < maxSpares) {
      ProtoWriter.#spares.push(this.#bytes);
      this.#bytes = new Uint8Array(0);
    }
    return message;
  }

  /** Begins a message inside this one. */
  fork(): this {
    this.#starts.push(this.#at);
    // Most messages are shorter than 128 bytes; longer ones are moved.
    this.#reserve(1);
    this.#at += 1;
    return this;
  }

  /** Ends the message that `fork` began and puts its length before it. */
  ldelim(): this {
    const start = this.#starts.pop();
    if (start === undefined) throw new Error('no message is under way');
    const length = this.#at - start - 1;
    const extra = varintBytes(length) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#bytes.copyWithin(start + 1 + extra, start + 1, this.#at);
    }
    const end = this.#at + extra;
    this.#at = start;
    this.#varint(length);
    this.#at = end;
    return this;
  }

  /** Takes back the last bytes that were written. */
  takeBack(count: number): this {
    this.#at -= count;
    return this;
  }

  tag(fieldNo: number, type: number): this {
    return this.uint32(((fieldNo << 3) | type) >>> 0);
  }

  uint32(value: number): this {
    this.#reserve(5);
    this.#varint(value >>> 0);
    return this;
  }

  int32(value: number): this {
    return value < 0 ? this.int64(value) : this.uint32(value);
  }

  bool(value: boolean): this {
    this.#reserve(1);
    this.#bytes[this.#at++] = value ? 1 : 0;
    return this;
  }

  /** Two's complement of 64 bits; generated code also hands over numbers and digits. */
  int64(value: bigint | number | string): this {
    this.#reserve(10);
    const integer = BigInt.asUintN(64, BigInt(value));
    if (integer < 1n << 49n) {
      this.#varint(Number(integer));
      return this;
    }
    // Seven groups of seven bits fit a number, and three of them the rest.
    let low = Number(integer & 0x1ffffffffffffn);
    let high = Number(integer >> 49n);
    const bytes = this.#bytes;
    for (let group = 0; group < 7; group++) {
      bytes[this.#at++] = (low % 128) | 0x80;
      low = Math.floor(low / 128);
    }
    for (; high >= 0x80; high >>>= 7) bytes[this.#at++] = (high & 0x7f) | 0x80;
    bytes[this.#at++] = high;
    return this;
  }

  uint64(value: bigint | number | string): this {
    return this.int64(value);
  }

  bytes(value: Uint8Array): this {
    const { length } = value;
    this.#reserve(5 + length);
    this.#varint(length);
    this.#bytes.set(value, this.#at);
    this.#at += length;
    return this;
  }

  string(value: string): this {
    const { length } = value;
    // Up to three bytes a UTF-16 unit.
    this.#reserve(5 + 3 * length);
    if (length <= shortText && this.#ascii(value)) return this;
    const start = this.#at;
    const { written } = utf8.encodeInto(value, this.#bytes.subarray(start + 5));
    this.#varint(written);
    this.#bytes.copyWithin(this.#at, start + 5, start + 5 + written);
    this.#at += written;
    return this;
  }

  /** Writes text of ASCII characters; leaves everything as it was if there is another one. */
  #ascii(value: string): boolean {
    const start = this.#at;
    this.#varint(value.length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) {
        this.#at = start;
        return false;
      }
      bytes[at++] = code;
    }
    this.#at = at;
    return true;
  }

  /** An unsigned integer below 2^53; its bytes are reserved. */
  #varint(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) bytes[this.#at++] = (rest % 128) | 0x80;
    for (; rest >= 0x80; rest >>>= 7) bytes[this.#at++] = (rest & 0x7f) | 0x80;
    bytes[this.#at++] = rest;
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2, firstBytes));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }

  static #place(size: number): Uint8Array {
    if (size <= smallBytes || size > slabBytes / 8) return new Uint8Array(size);
    if (ProtoWriter.#slabAt + size > slabBytes) {
      ProtoWriter.#slab = new ArrayBuffer(slabBytes);
      ProtoWriter.#slabAt = 0;
    }
    const message = new Uint8Array(ProtoWriter.#slab, ProtoWriter.#slabAt, size);
    ProtoWriter.#slabAt += size;
    return message;
  }
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) count++;
  return count;
}
