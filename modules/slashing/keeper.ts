import type { Context } from '../../chain/context.ts';
import { fromTimestamp, toTimestamp } from '../../chain/time.ts';
import { addressOfKey, readPublicKey } from '../../chain/tx/keys.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { jail } from './events.ts';
import type { SlashableValidator, SlashingStaking } from './expected.ts';
import type { SigningInfo, SlashingState } from './state.ts';

/** The last second that the SDK can write: 9999-12-31T23:59:59Z. */
const forGood = 253_402_300_799_000_000_000n;

/** What another module asks for. */
export interface Penalty {
  readonly fractionMicro: bigint;
  /** Stands in the event `slash`. */
  readonly reason: string;
  readonly jailNanos: bigint;
}

/** What is known about who signs, by consensus address (20 bytes). */
export class SlashingKeeper {
  readonly #state: SlashingState;
  readonly #staking: SlashingStaking;
  readonly #addresses: AddressCodec;

  constructor(state: SlashingState, staking: SlashingStaking, addresses: AddressCodec) {
    this.#state = state;
    this.#staking = staking;
    this.#addresses = addresses;
  }

  /** Whether the holder of this key signed twice, and is out for good. */
  isTombstoned(ctx: Context, address: Uint8Array): boolean {
    return this.#state.signingInfos.get(ctx, address)?.tombstoned ?? false;
  }

  /** Staking's word that there is a validator of this operator. Nobody asks for the key: it is the SDK's state and gas. */
  validatorCreated(ctx: Context, operator: Uint8Array): void {
    const validator = this.#staking.validatorByOperator(ctx, operator);
    if (validator !== undefined) this.keepKey(ctx, validator);
  }

  keepKey(ctx: Context, { consensusPubkey }: Pick<SlashableValidator, 'consensusPubkey'>): void {
    this.#state.publicKeys.set(ctx, addressOfKey(readPublicKey(consensusPubkey)), consensusPubkey);
  }

  /** Staking's word that the validator with this consensus address is gone. */
  validatorRemoved(ctx: Context, address: Uint8Array): void {
    this.#state.publicKeys.remove(ctx, address);
  }

  /** Staking's word that a validator enters the active set. A tombstone stays. */
  validatorBonded(ctx: Context, address: Uint8Array): void {
    this.#state.signingInfos.set(ctx, address, { ...this.infoOf(ctx, address), startHeight: ctx.block.height });
  }

  /**
   * Burns and jails for what another module holds against a validator: `fractionMicro` / 10^6 of its stake, out of the set
   * until it unjails itself, `jailNanos` from now at the earliest; 0 leaves it in. A validator in jail is let alone.
   */
  punish(ctx: Context, operator: Uint8Array, { fractionMicro, reason, jailNanos }: Penalty): void {
    const validator = this.#staking.ownStake(ctx, operator);
    if (validator === undefined || validator.jailed) return;
    if (fractionMicro > 0n) this.#staking.slash(ctx, operator, fractionMicro, reason);
    if (jailNanos <= 0n) return;
    const address = validator.consensusAddress;
    const info = this.infoOf(ctx, address);
    const until = maxOf(fromTimestamp(info.jailedUntil), ctx.block.time + jailNanos);
    this.#staking.jail(ctx, operator);
    this.#state.signingInfos.set(ctx, address, { ...info, jailedUntil: toTimestamp(until) });
    ctx.log.emit(jail.encode({ jailed: this.#addresses.consensusText(address) }));
  }

  /** The same, of the validator that signs with this consensus address. */
  punishSigner(ctx: Context, address: Uint8Array, penalty: Penalty): void {
    const validator = this.#staking.validatorByConsensusAddress(ctx, address);
    if (validator !== undefined) this.punish(ctx, validator.operator, penalty);
  }

  /** Puts a validator out for good. */
  tombstone(ctx: Context, address: Uint8Array): void {
    const info = { ...this.infoOf(ctx, address), jailedUntil: toTimestamp(forGood), tombstoned: true };
    this.#state.signingInfos.set(ctx, address, info);
  }

  /** What is known about a signer; a new record, not stored yet, if there is none. */
  infoOf(ctx: Context, address: Uint8Array): SigningInfo {
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

function maxOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
