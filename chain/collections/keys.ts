import { toByteString } from '../../sdk/codec/byteString.ts';
import { type ByteString, fromByteString } from '../store/kv.ts';

/**
 * Writes a key so that the order of the bytes is the order of the keys. A codec that is not the last part of a compound
 * key must know its own end: `write` with `last = false` adds what `read` needs for that.
 */
export interface KeyCodec<K> {
  write(key: K, last: boolean): ByteString;
  /** Returns the key that starts at `offset` and where the next one starts. Throws on malformed bytes. */
  read(bytes: ByteString, offset: number, last: boolean): readonly [K, number];
}

/** Unsigned 64-bit integer, 8 bytes big-endian. */
export const u64Key: KeyCodec<bigint> = {
  write: (key) => {
    if (key < 0n || key >= 1n << 64n) throw new RangeError(`key ${key} is not an unsigned 64-bit integer`);
    return ofWord(Number(key >> 32n)) + ofWord(Number(key & 0xffffffffn));
  },
  read: (bytes, offset) => {
    requireBytes(bytes, offset, 8);
    return [Buffer.from(bytes.slice(offset, offset + 8), 'latin1').readBigUInt64BE(), offset + 8];
  },
};

/** Bytes: raw at the end of a key, with one length byte before it elsewhere (as the SDK writes addresses). */
export const bytesKey: KeyCodec<Uint8Array> = {
  write: (key, last) => {
    if (last) return toByteString(key);
    if (key.length > 255) throw new RangeError(`a key part of ${key.length} bytes is longer than 255`);
    return String.fromCharCode(key.length) + toByteString(key);
  },
  read: (bytes, offset, last) => {
    if (last) return [fromByteString(bytes.slice(offset)), bytes.length];
    requireBytes(bytes, offset, 1);
    const end = offset + 1 + bytes.charCodeAt(offset);
    requireBytes(bytes, offset, end - offset);
    return [fromByteString(bytes.slice(offset + 1, end)), end];
  },
};

/** Bytes with a length byte before them wherever they stand (the SDK's `address.MustLengthPrefix`). */
export const lengthPrefixedKey: KeyCodec<Uint8Array> = {
  write: (key) => bytesKey.write(key, false),
  read: (bytes, offset) => bytesKey.read(bytes, offset, false),
};

/** UTF-8 text: raw at the end of a key, NUL-terminated elsewhere (as the SDK's collections write strings). */
export const textKey: KeyCodec<string> = {
  write: (key, last) => {
    if (last) return utf8Bytes(key);
    if (key.includes('\0')) throw new RangeError('a text key that is not the last part must not contain NUL');
    return `${utf8Bytes(key)}\0`;
  },
  read: (bytes, offset, last) => {
    const end = last ? bytes.length : bytes.indexOf('\0', offset);
    if (end < 0) throw new RangeError('text key without its end');
    return [Buffer.from(bytes.slice(offset, end), 'latin1').toString('utf8'), last ? end : end + 1];
  },
};

/** Two parts, ordered by the first, then the second. */
export function pairKey<A, B>(first: KeyCodec<A>, second: KeyCodec<B>): KeyCodec<readonly [A, B]> {
  return {
    write: ([a, b], last) => first.write(a, false) + second.write(b, last),
    read: (bytes, offset, last) => {
      const [a, middle] = first.read(bytes, offset, false);
      const [b, end] = second.read(bytes, middle, last);
      return [[a, b], end];
    },
  };
}

/** Three parts in order. */
export function tripleKey<A, B, C>(
  first: KeyCodec<A>,
  second: KeyCodec<B>,
  third: KeyCodec<C>,
): KeyCodec<readonly [A, B, C]> {
  return {
    write: ([a, b, c], last) => first.write(a, false) + second.write(b, false) + third.write(c, last),
    read: (bytes, offset, last) => {
      const [a, afterFirst] = first.read(bytes, offset, false);
      const [b, afterSecond] = second.read(bytes, afterFirst, false);
      const [c, end] = third.read(bytes, afterSecond, last);
      return [[a, b, c], end];
    },
  };
}

/** Four bytes, big-endian. */
function ofWord(word: number): ByteString {
  return String.fromCharCode(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
}

/** Denominations and most other texts are ASCII, and are their own bytes. */
function utf8Bytes(text: string): ByteString {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) >= 0x80) return Buffer.from(text, 'utf8').toString('latin1');
  }
  return text;
}

function requireBytes(bytes: ByteString, offset: number, count: number): void {
  if (bytes.length < offset + count) throw new RangeError(`key ends ${offset + count - bytes.length} bytes too early`);
}
