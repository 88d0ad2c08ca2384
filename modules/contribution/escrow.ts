import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import { contributionErrors as errors } from './errors.ts';
import type { EscrowBank } from './expected.ts';
import { held, MODULE, params } from './state.ts';

/** Module account that forfeited deposits go to. */
export const COMMUNITY_POOL = 'community_pool';

/** Money of others in the module account: every coin that enters or leaves goes through here and is counted. */
export class Escrow {
  readonly #bank: EscrowBank;

  constructor(bank: EscrowBank) {
    this.#bank = bank;
  }

  /** Throws `contribution` 25 for another denomination than that of deposits, `sdk` 5 when `from` has too little. */
  take(ctx: Context, from: Uint8Array, coin: Coin): void {
    const denom = escrowDenom(ctx);
    ensure(coin.denom === denom, errors.wrongDenom, `${coin.denom}, must be ${denom}`);
    if (BigInt(coin.amount) === 0n) return;
    this.#bank.sendToModule(ctx, from, MODULE, [coin]);
    held.set(ctx, held.require(ctx) + BigInt(coin.amount));
  }

  giveBack(ctx: Context, to: Uint8Array, coin: Coin): void {
    if (BigInt(coin.amount) === 0n) return;
    held.set(ctx, held.require(ctx) - BigInt(coin.amount));
    this.#bank.sendFromModule(ctx, MODULE, to, [coin]);
  }

  forfeit(ctx: Context, coin: Coin): void {
    if (BigInt(coin.amount) === 0n) return;
    held.set(ctx, held.require(ctx) - BigInt(coin.amount));
    this.#bank.sendModuleToModule(ctx, MODULE, COMMUNITY_POOL, [coin]);
  }
}

/** Denomination of deposits, bonds and budgets. */
export function escrowDenom(ctx: Context): string {
  return requireCoin(params.require(ctx).minDeposit).denom;
}

export function coinText(coin: Coin): string {
  return `${coin.amount}${coin.denom}`;
}

/** Messages of protobuf may lack any field; those that this module stores never do. */
export function requireCoin(coin: Coin | undefined): Coin {
  if (coin === undefined) throw new Error('a stored record lacks its coin');
  return coin;
}
