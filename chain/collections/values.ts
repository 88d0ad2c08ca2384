import { Buffer } from 'node:buffer';
import { toByteString } from '../../sdk/codec/byteString.ts';
/** Writes a value as the bytes that are committed. */
export interface ValueCodec<V> {
  write(value: V): Uint8Array;
  /** Throws on malformed bytes: a corrupt state must not be read as something else. */
  read(bytes: Uint8Array): V;
}

/** The shape that ts-proto and cosmjs-types generate for a message. */
export interface ProtoType<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/**
 * A codec that decodes the same stored array once: for values that every tx reads and nobody changes in place, as
 * parameters. Stored arrays never change, so what is remembered cannot go stale, and it ends with its array.
 */
export function remembered<V extends object>(codec: ValueCodec<V>): ValueCodec<V> {
  const decoded = new WeakMap<Uint8Array, V>();
  return {
    write: (value) => {
      const bytes = codec.write(value);
      decoded.set(bytes, value);
      return bytes;
    },
    read: (bytes) => {
      let value = decoded.get(bytes);
      if (value === undefined) {
        value = codec.read(bytes);
        decoded.set(bytes, value);
      }
      return value;
    },
  };
}

export function protoValue<T>(type: ProtoType<T>): ValueCodec<T> {
  return { write: (value) => type.encode(value).finish(), read: (bytes) => type.decode(bytes) };
}

/** Unsigned 64-bit integer, 8 bytes big-endian (the SDK's `sdk.Uint64ToBigEndian`). */
export const u64Value: ValueCodec<bigint> = {
  write: (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return Uint8Array.from(bytes);
  },
  read: (bytes) => {
    if (bytes.length !== 8) throw new RangeError(`a 64-bit value has 8 bytes, not ${bytes.length}`);
    return Buffer.from(bytes).readBigUInt64BE();
  },
};

/** A big integer as decimal digits (the SDK's `math.Int.Marshal`). */
export const intValue: ValueCodec<bigint> = {
  write: (value) => {
    const digits = value.toString();
    const bytes = new Uint8Array(digits.length);
    for (let index = 0; index < digits.length; index++) bytes[index] = digits.charCodeAt(index);
    return bytes;
  },
  read: (bytes) => {
    const digits = toByteString(bytes);
    if (!/^-?\d+$/.test(digits)) throw new RangeError('stored integer is not decimal digits');
    return BigInt(digits);
  },
};

export const bytesValue: ValueCodec<Uint8Array> = { write: (value) => value, read: (bytes) => bytes };

export const textValue: ValueCodec<string> = {
  write: (value) => Uint8Array.from(Buffer.from(value, 'utf8')),
  read: (bytes) => Buffer.from(bytes).toString('utf8'),
};
