import type { Context } from '../../chain/context.ts';
import { type Coin, coinsOf, coinsText } from '../../chain/math/coins.ts';
import type { StakingAccounts, StakingBank } from './expected.ts';
import type { StakingState } from './state.ts';
import { isBonded, type Validator } from './validator.ts';

/** Holds the tokens of validators in the active set. */
export const bondedPool = 'bonded_tokens_pool';
/** Holds the tokens of all other validators and of unbondings. */
export const notBondedPool = 'not_bonded_tokens_pool';

/** The two module accounts that hold staked tokens. Amounts are tokens of the bond denomination. */
export class Pools {
  readonly #state: StakingState;
  readonly #bank: StakingBank;
  readonly #accounts: StakingAccounts;

  constructor(state: StakingState, bank: StakingBank, accounts: StakingAccounts) {
    this.#state = state;
    this.#bank = bank;
    this.#accounts = accounts;
  }

  coins(ctx: Context, amount: bigint): Coin[] {
    return coinsOf(this.#state.params.require(ctx).bondDenom, amount);
  }

  /** "100uinf", or nothing for 0. */
  text(ctx: Context, amount: bigint): string {
    return coinsText(this.coins(ctx, amount));
  }

  /** Makes the pools' accounts if they are not there. */
  open(ctx: Context): void {
    this.#accounts.moduleAccount(ctx, bondedPool);
    this.#accounts.moduleAccount(ctx, notBondedPool);
  }

  balances(ctx: Context): { bonded: bigint; notBonded: bigint } {
    const { bondDenom } = this.#state.params.require(ctx);
    const held = (pool: string) => this.#bank.balance(ctx, this.#accounts.moduleAddress(pool), bondDenom);
    return { bonded: held(bondedPool), notBonded: held(notBondedPool) };
  }

  /** Takes tokens of a delegator into the pool of its validator. */
  take(ctx: Context, delegator: Uint8Array, validator: Validator, amount: bigint): void {
    this.#bank.delegateToModule(ctx, delegator, poolOf(validator), this.coins(ctx, amount));
  }

  /** Pays out what has unbonded. */
  pay(ctx: Context, delegator: Uint8Array, amount: bigint): void {
    this.#bank.undelegateFromModule(ctx, notBondedPool, delegator, this.coins(ctx, amount));
  }

  bond(ctx: Context, amount: bigint): void {
    this.#bank.sendModuleToModule(ctx, notBondedPool, bondedPool, this.coins(ctx, amount));
  }

  unbond(ctx: Context, amount: bigint): void {
    this.#bank.sendModuleToModule(ctx, bondedPool, notBondedPool, this.coins(ctx, amount));
  }

  burn(ctx: Context, pool: string, amount: bigint): void {
    if (amount > 0n) this.#bank.burn(ctx, pool, this.coins(ctx, amount));
  }
}

export function poolOf(validator: Validator): string {
  return isBonded(validator) ? bondedPool : notBondedPool;
}
