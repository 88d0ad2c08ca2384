import type { Context } from '../../chain/context.ts';
import { toTimestamp } from '../../chain/time.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { SigningInfo, SlashingState } from './state.ts';

/** The last second that the SDK can write: 9999-12-31T23:59:59Z. */
const forGood = 253_402_300_799_000_000_000n;

/** What is known about who signs, by consensus address (20 bytes). */
export class SlashingKeeper {
  readonly #state: SlashingState;
  readonly #addresses: AddressCodec;

  constructor(state: SlashingState, addresses: AddressCodec) {
    this.#state = state;
    this.#addresses = addresses;
  }

  /** Whether the holder of this key signed twice, and is out for good. */
  isTombstoned(ctx: Context, address: Uint8Array): boolean {
    return this.#state.signingInfos.get(ctx, address)?.tombstoned ?? false;
  }

  /** Staking's word that a validator enters the active set. A tombstone stays. */
  validatorBonded(ctx: Context, address: Uint8Array): void {
    this.#state.signingInfos.set(ctx, address, { ...this.#info(ctx, address), startHeight: ctx.block.height });
  }

  /** Puts a validator out for good. */
  tombstone(ctx: Context, address: Uint8Array): void {
    const info = { ...this.#info(ctx, address), jailedUntil: toTimestamp(forGood), tombstoned: true };
    this.#state.signingInfos.set(ctx, address, info);
  }

  #info(ctx: Context, address: Uint8Array): SigningInfo {
    return (
      this.#state.signingInfos.get(ctx, address) ?? {
        address: this.#addresses.consensusText(address),
        startHeight: ctx.block.height,
        indexOffset: 0n,
        jailedUntil: toTimestamp(0n),
        tombstoned: false,
        missedBlocksCounter: 0n,
      }
    );
  }
}
