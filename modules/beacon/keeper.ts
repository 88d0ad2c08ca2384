import type { Context } from '../../chain/context.ts';
import { activeKey } from './keys.ts';
import { currentRound, keyOwners, outputs, rounds } from './state.ts';
import { mayTry } from './votes.ts';

/** What validators prove: the open round and its input of 32 bytes. */
export interface BeaconInput {
  readonly round: bigint;
  readonly alpha: Uint8Array;
}

export interface BeaconKeeper {
  current(ctx: Context): BeaconInput;
  /** 32 bytes, or undefined while the round is not closed (or no longer kept). */
  value(ctx: Context, round: bigint): Uint8Array | undefined;
  /**
   * The first round whose input gets fixed after this block. Rounds close before a block's txs, so the next one's input
   * follows from outputs that are not all known when this block is made.
   */
  nextRoundAfterNow(ctx: Context): bigint;
  /** The operator's key in a round (the open one unless given). */
  activeKey(ctx: Context, operator: Uint8Array, round?: bigint): Uint8Array | undefined;
  /** What the owner of this key has to prove now; undefined if the key does not count yet, its output is in or it may not try again yet. */
  inputFor(ctx: Context, publicKey: Uint8Array): BeaconInput | undefined;
}

export function createKeeper(): BeaconKeeper {
  return {
    current: (ctx) => {
      const { round, alpha } = currentRound(ctx);
      return { round, alpha };
    },
    value: (ctx, round) => {
      const value = rounds.get(ctx, round)?.value;
      return value === undefined || value.length === 0 ? undefined : value;
    },
    nextRoundAfterNow: (ctx) => currentRound(ctx).round + 1n,
    activeKey: (ctx, operator, round) => activeKey(ctx, operator, round ?? currentRound(ctx).round),
    inputFor: (ctx, publicKey) => {
      const operator = keyOwners.get(ctx, publicKey);
      const { round, alpha } = currentRound(ctx);
      if (operator === undefined) return undefined;
      // An extension made on this state is read two blocks later.
      if (!mayTry(ctx, outputs.get(ctx, [round, operator]), ctx.block.height + 2n)) return undefined;
      const active = activeKey(ctx, operator, round);
      if (active === undefined || Buffer.compare(active, publicKey) !== 0) return undefined;
      return { round, alpha };
    },
  };
}
