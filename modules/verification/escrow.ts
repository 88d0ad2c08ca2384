/** What the module's account holds for others: stakes and fees of open runs, bonds of open disputes. */
import type { Context } from '../../chain/context.ts';
import { type ErrorKind, ensure } from '../../chain/errors.ts';
import { coinsOf, readCoin } from '../../chain/math/coins.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import type { Env } from './env.ts';
import { verificationErrors as errors } from './errors.ts';
import { moduleName } from './state.ts';

/** The coin with its amount in plain digits, if it is of the bond denomination and at least `least`. */
export function requireCoin(env: Env, ctx: Context, coin: Coin | undefined, least: bigint, tooSmall: ErrorKind): Coin {
  const denom = env.staking.bondDenom(ctx);
  const read = readCoin(coin ?? { denom, amount: '0' });
  ensure(read.denom === denom, errors.wrongDenom, `${read.denom} is not ${denom}`);
  ensure(BigInt(read.amount) >= least, tooSmall, `${read.amount}${denom} is less than ${least}${denom}`);
  return read;
}

export function hold(env: Env, ctx: Context, from: Uint8Array, amount: bigint): void {
  if (amount > 0n) env.bank.sendToModule(ctx, from, moduleName, coinsOf(env.staking.bondDenom(ctx), amount));
}

export function release(env: Env, ctx: Context, to: Uint8Array, amount: bigint): void {
  if (amount > 0n) env.bank.sendFromModule(ctx, moduleName, to, coinsOf(env.staking.bondDenom(ctx), amount));
}

export function burn(env: Env, ctx: Context, amount: bigint): void {
  if (amount > 0n) env.bank.burn(ctx, moduleName, coinsOf(env.staking.bondDenom(ctx), amount));
}

/** Amount of a stored coin. */
export function amountOfCoin(coin: Coin | undefined): bigint {
  return BigInt(coin?.amount ?? '0');
}
