import { bytesKey, type KeyCodec, lengthPrefixedKey, u64Key } from '../../chain/collections/keys.ts';
import { fromByteString } from '../../chain/store/kv.ts';
import { parseTime, sortableTime } from '../../chain/time.ts';

/** Length of "2006-01-02T15:04:05.000000000". */
const timeLength = 29;

/** A time as sortable text (the SDK's `FormatTimeBytes`). */
export const timeKey: KeyCodec<bigint> = {
  write: (time) => sortableTime(time),
  read: (bytes, offset) => {
    const end = offset + timeLength;
    return [parseTime(bytes.slice(offset, end)), end];
  },
};

/** Time and height, the time with its length in 8 bytes before it: the queue of unbonding validators. */
export const queueKey: KeyCodec<readonly [time: bigint, height: bigint]> = {
  write: ([time, height]) =>
    u64Key.write(BigInt(timeLength), false) + timeKey.write(time, false) + u64Key.write(height, true),
  read: (bytes, offset) => {
    const [time, middle] = timeKey.read(bytes, offset + 8, false);
    const [height, end] = u64Key.read(bytes, middle, true);
    return [[time, height], end];
  },
};

/** Power first, then the operator's address with inverted bits, so that a walk backwards gives equal powers by address. */
export const powerKey: KeyCodec<readonly [power: bigint, operator: Uint8Array]> = {
  write: ([power, operator]) => u64Key.write(power, false) + lengthPrefixedKey.write(inverted(operator), true),
  read: (bytes, offset) => {
    const [power, middle] = u64Key.read(bytes, offset, false);
    const [operator, end] = lengthPrefixedKey.read(bytes, middle, true);
    return [[power, inverted(operator)], end];
  },
};

/** Length-prefixed address, then a raw one (`GetDelegationsByValKey`). */
export const addressThenRaw: KeyCodec<readonly [Uint8Array, Uint8Array]> = {
  write: ([first, second]) => lengthPrefixedKey.write(first, false) + bytesKey.write(second, true),
  read: (bytes, offset) => {
    const [first, middle] = lengthPrefixedKey.read(bytes, offset, false);
    return [[first, fromByteString(bytes.slice(middle))], bytes.length];
  },
};

function inverted(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => ~byte & 0xff);
}
