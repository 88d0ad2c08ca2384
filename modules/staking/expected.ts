import type { Context } from '../../chain/context.ts';
import type { Coin } from '../../chain/math/coins.ts';

/** What staking needs of auth. */
export interface StakingAccounts {
  moduleAddress(name: string): Uint8Array;
  moduleAccount(ctx: Context, name: string): unknown;
}

/** What staking needs of bank. */
export interface StakingBank {
  balance(ctx: Context, address: Uint8Array, denom: string): bigint;
  sendModuleToModule(ctx: Context, from: string, to: string, coins: readonly Coin[]): void;
  delegateToModule(ctx: Context, from: Uint8Array, moduleName: string, coins: readonly Coin[]): void;
  undelegateFromModule(ctx: Context, moduleName: string, to: Uint8Array, coins: readonly Coin[]): void;
  burn(ctx: Context, moduleName: string, coins: readonly Coin[]): void;
}

/** Who keeps books about signers, by consensus address: the module slashing where a chain has it. */
export interface StakingSigners {
  /** There is a validator of this operator. */
  validatorCreated(ctx: Context, operator: Uint8Array): void;
  /** The validator with this address is gone. */
  validatorRemoved(ctx: Context, address: Uint8Array): void;
  /** A validator enters the active set. */
  validatorBonded(ctx: Context, address: Uint8Array): void;
  /** Whether this key may never validate again. */
  isTombstoned(ctx: Context, address: Uint8Array): boolean;
}
