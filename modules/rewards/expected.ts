import type { Context } from '../../chain/context.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';

/** Bank: mints what an epoch pays and holds it until it is claimed. The module account must be allowed to mint. */
export interface RewardsBank {
  mint(ctx: Context, moduleName: string, coins: Coin[]): void;
  sendFromModule(ctx: Context, moduleName: string, to: Uint8Array, coins: Coin[]): void;
  sendModuleToModule(ctx: Context, fromModule: string, toModule: string, coins: Coin[]): void;
  balance(ctx: Context, address: Uint8Array, denom: string): bigint;
  supply(ctx: Context, denom: string): bigint;
  moduleAddress(moduleName: string): Uint8Array;
}

/** Staking: who shares the stakers' stream, by power. */
export interface RewardsStaking {
  bondedValidators(ctx: Context): readonly { readonly operator: Uint8Array; readonly power: bigint }[];
  bondDenom(ctx: Context): string;
}

/** Oracle: what the index is made of. */
export interface IndexOracle {
  slowPrice(ctx: Context, symbol: string): { readonly value: bigint; readonly stale: boolean } | undefined;
  startPrice(ctx: Context, symbol: string): bigint | undefined;
}
