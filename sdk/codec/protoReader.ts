import { BinaryReader } from 'cosmjs-types/binary';

/** Text up to this length is quicker to read by hand. */
const shortText = 128;

/** As Go, which takes a byte order mark for text. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The reader of cosmjs-types without its copy of the whole message: fields of bytes are views of what it was given, and
 * who keeps them for long copies them. Takes and refuses the same bytes.
 */
export class ProtoReader extends BinaryReader {
  constructor(bytes: ArrayLike<number>) {
    super();
    const view = bytes instanceof Uint8Array ? plain(bytes) : Uint8Array.from(bytes);
    this.buf = view;
    this.len = view.length;
  }

  override uint32(): number {
    const { buf } = this;
    let at = this.pos;
    let byte = buf[at++] ?? 0;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 63) throw new Error('invalid varint');
      byte = buf[at++] ?? 0;
      if (shift < 32) value |= (byte & 0x7f) << shift;
    }
    this.pos = at;
    this.assertBounds();
    return value >>> 0;
  }

  override int32(): number {
    return this.uint32() | 0;
  }

  override int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  override uint64(): bigint {
    const { buf } = this;
    let at = this.pos;
    // Seven groups of seven bits fit a number.
    let low = 0;
    let factor = 1;
    let byte = 0x80;
    for (let group = 0; group < 7 && byte >= 0x80; group++, factor *= 128) {
      byte = buf[at++] ?? 0;
      low += (byte & 0x7f) * factor;
    }
    let high = 0;
    for (let shift = 0; byte >= 0x80; shift += 7) {
      if (shift > 14) throw new Error('invalid varint');
      byte = buf[at++] ?? 0;
      high |= (byte & 0x7f) << shift;
    }
    this.pos = at;
    this.assertBounds();
    return high === 0 ? BigInt(low) : BigInt.asUintN(64, (BigInt(high) << 49n) | BigInt(low));
  }

  override bool(): boolean {
    return this.uint64() !== 0n;
  }

  override bytes(): Uint8Array {
    const length = this.uint32();
    const start = this.pos;
    this.pos = start + length;
    this.assertBounds();
    return this.buf.subarray(start, start + length);
  }

  override string(): string {
    const length = this.uint32();
    const start = this.pos;
    const end = start + length;
    this.pos = end;
    this.assertBounds();
    return (
      (length <= shortText ? asciiText(this.buf, start, end) : undefined) ?? utf8.decode(this.buf.subarray(start, end))
    );
  }
}

/** A plain array over the same bytes: what is read is no Buffer, whatever it was read from. */
function plain(bytes: Uint8Array): Uint8Array {
  const isPlain = Object.getPrototypeOf(bytes) === Uint8Array.prototype;
  return isPlain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Text of ASCII characters, undefined if there is another one: eight at a time, without a view of the bytes. */
function asciiText(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  let seen = 0;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const a = bytes[at] ?? 0;
    const b = bytes[at + 1] ?? 0;
    const c = bytes[at + 2] ?? 0;
    const d = bytes[at + 3] ?? 0;
    const e = bytes[at + 4] ?? 0;
    const f = bytes[at + 5] ?? 0;
    const g = bytes[at + 6] ?? 0;
    const h = bytes[at + 7] ?? 0;
    seen |= a | b | c | d | e | f | g | h;
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    seen |= byte;
    text += String.fromCharCode(byte);
  }
  return seen < 0x80 ? text : undefined;
}
