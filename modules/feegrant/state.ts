import { Table } from '../../chain/collections/collections.ts';
import { type KeyCodec, lengthPrefixedKey, pairKey } from '../../chain/collections/keys.ts';
import { bytesValue, protoValue } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { parseTime, sortableTime } from '../../chain/time.ts';
import { feegrant } from '../../sdk/codec/index.ts';

export const feegrantStore = 'feegrant';

/** Grantee, then granter: all that somebody was granted lies together. */
const pair = pairKey(lengthPrefixedKey, lengthPrefixedKey);

/** Length of "2006-01-02T15:04:05.000000000". */
const timeLength = 29;

const timeThenPair: KeyCodec<readonly [time: bigint, pair: readonly [grantee: Uint8Array, granter: Uint8Array]]> = {
  write: ([time, addresses]) => sortableTime(time) + pair.write(addresses, true),
  read: (bytes, offset, last) => {
    const start = offset + timeLength;
    const [addresses, end] = pair.read(bytes, start, last);
    return [[parseTime(bytes.slice(offset, start)), addresses], end];
  },
};

/**
 * All state of feegrant, byte for byte as in cosmossdk.io/x/feegrant v0.1 (key.go):
 *
 * | key | value |
 * |---|---|
 * | `00` length grantee length granter | Grant |
 * | `01` expiration (29 characters) length grantee length granter | empty |
 */
export class FeegrantState {
  readonly grants = new Table(feegrantStore, '\x00', pair, protoValue<feegrant.Grant>(feegrant.Grant));
  readonly #queue = new Table(feegrantStore, '\x01', timeThenPair, bytesValue);

  /** The prefix of all grants of one grantee. */
  grantedTo(grantee: Uint8Array): string {
    return lengthPrefixedKey.write(grantee, false);
  }

  enqueue(ctx: Context, expiration: bigint, grantee: Uint8Array, granter: Uint8Array): void {
    this.#queue.set(ctx, [expiration, [grantee, granter]], new Uint8Array());
  }

  dequeue(ctx: Context, expiration: bigint, grantee: Uint8Array, granter: Uint8Array): void {
    this.#queue.remove(ctx, [expiration, [grantee, granter]]);
  }

  isQueued(ctx: Context, expiration: bigint, grantee: Uint8Array, granter: Uint8Array): boolean {
    return this.#queue.has(ctx, [expiration, [grantee, granter]]);
  }

  /** Grants that ended before `time`, oldest first, at most `limit`. */
  expired(ctx: Context, time: bigint, limit: number) {
    const found: { expiration: bigint; grantee: Uint8Array; granter: Uint8Array }[] = [];
    for (const [[expiration, [grantee, granter]]] of this.#queue.walk(ctx, { end: sortableTime(time) })) {
      found.push({ expiration, grantee, granter });
      // Not a step more: it would cost gas.
      if (found.length >= limit) break;
    }
    return found;
  }
}
