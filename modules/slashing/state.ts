import { Item, Table } from '../../chain/collections/collections.ts';
import { bytesKey, type KeyCodec, lengthPrefixedKey, pairKey, u64Key } from '../../chain/collections/keys.ts';
import { bytesValue, protoValue } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { protoAny, slashing } from '../../sdk/codec/index.ts';
import { paramsValue } from './params.ts';

export const slashingStore = 'slashing';

export type SigningInfo = slashing.ValidatorSigningInfo;

/** As the SDK writes it: not in the order of the numbers beyond 256. */
const littleEndian: KeyCodec<bigint> = {
  write: (key, last) => u64Key.write(swapped(key), last),
  read: (bytes, offset, last) => {
    const [value, end] = u64Key.read(bytes, offset, last);
    return [swapped(value), end];
  },
};

function swapped(value: bigint): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes.readBigUInt64LE();
}

/**
 * All state of slashing, byte for byte as in cosmos-sdk v0.50 (x/slashing/types/keys.go):
 *
 * | key | value |
 * |---|---|
 * | `00` | Params |
 * | `01` length consensus address | ValidatorSigningInfo |
 * | `02` length consensus address, chunk (u64, little-endian) | missed blocks of a window, `bitmap.ts` |
 * | `03` length consensus address | Any: the public key of a validator |
 */
export class SlashingState {
  readonly params = new Item(slashingStore, '\x00', paramsValue);
  readonly signingInfos = new Table(
    slashingStore,
    '\x01',
    lengthPrefixedKey,
    protoValue<SigningInfo>(slashing.ValidatorSigningInfo),
  );
  readonly missedBlocks = new Table(slashingStore, '\x02', pairKey(bytesKey, littleEndian), bytesValue);

  readonly publicKeys = new Table(slashingStore, '\x03', lengthPrefixedKey, protoValue<protoAny.Any>(protoAny.Any));

  /** Chunks of one validator, by number. */
  missedOf(ctx: Context, address: Uint8Array): (readonly [bigint, Uint8Array])[] {
    const walk = this.missedBlocks.walk(ctx, { prefix: bytesKey.write(address, false) });
    return [...walk].map(([[, chunk], bytes]) => [chunk, bytes] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  forgetMissed(ctx: Context, address: Uint8Array): void {
    for (const [chunk] of this.missedOf(ctx, address)) this.missedBlocks.remove(ctx, [address, chunk]);
  }

  /** Every window begins anew. */
  forgetAllMissed(ctx: Context): void {
    for (const [key] of [...this.missedBlocks.walk(ctx)]) this.missedBlocks.remove(ctx, key);
    for (const [address, info] of [...this.signingInfos.walk(ctx)]) {
      const clean = { ...info, missedBlocksCounter: 0n, indexOffset: 0n, startHeight: ctx.block.height };
      this.signingInfos.set(ctx, address, clean);
    }
  }
}
