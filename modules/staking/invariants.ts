import type { Context } from '../../chain/context.ts';
import { Dec } from '../../chain/math/dec.ts';
import type { Invariant } from '../../chain/module.ts';
import { toByteString } from '../../sdk/codec/byteString.ts';
import type { Pools } from './pools.ts';
import type { StakingState } from './state.ts';
import { isBonded, potentialPower } from './validator.ts';

/** x/staking/keeper/invariants.go: what the pools hold, who is ranked, and whose shares there are. */
export function stakingInvariants(state: StakingState, pools: Pools): Invariant[] {
  return [
    { name: 'staking/module-accounts', check: (ctx) => checkPools(ctx, state, pools) },
    { name: 'staking/nonnegative-power', check: (ctx) => checkRanking(ctx, state) },
    { name: 'staking/delegator-shares', check: (ctx) => checkShares(ctx, state) },
  ];
}

function checkPools(ctx: Context, state: StakingState, pools: Pools): string | undefined {
  let bonded = 0n;
  let notBonded = 0n;
  for (const [, validator] of state.validators.walk(ctx)) {
    if (isBonded(validator)) bonded += validator.tokens;
    else notBonded += validator.tokens;
  }
  for (const [, { entries }] of state.unbondings.walk(ctx)) for (const entry of entries) notBonded += entry.balance;
  const held = pools.balances(ctx);
  if (held.bonded !== bonded) return `the bonded pool holds ${held.bonded}, validators have ${bonded}`;
  if (held.notBonded !== notBonded) return `the not bonded pool holds ${held.notBonded}, not ${notBonded}`;
  return undefined;
}

function checkRanking(ctx: Context, state: StakingState): string | undefined {
  let ranked = 0;
  for (const [[power, address], operator] of state.byPower.walk(ctx)) {
    ranked++;
    const validator = state.validators.get(ctx, operator);
    if (validator === undefined || toByteString(address) !== toByteString(operator))
      return 'an unknown validator is ranked';
    if (power !== potentialPower(validator)) {
      return `validator ${validator.operatorAddress} is ranked with power ${power}, not ${potentialPower(validator)}`;
    }
    if (validator.jailed) return `jailed validator ${validator.operatorAddress} is ranked`;
  }
  const free = [...state.validators.walk(ctx)].filter(([, validator]) => !validator.jailed).length;
  return ranked === free ? undefined : `${free} validators are free, ${ranked} are ranked`;
}

function checkShares(ctx: Context, state: StakingState): string | undefined {
  const sums = new Map<string, Dec>();
  for (const [, { validatorAddress, shares }] of state.delegations.walk(ctx)) {
    if (!shares.isPositive) return `a delegation to ${validatorAddress} has ${shares} shares`;
    sums.set(validatorAddress, (sums.get(validatorAddress) ?? Dec.zero).add(shares));
  }
  for (const [, { operatorAddress, delegatorShares }] of state.validators.walk(ctx)) {
    const sum = sums.get(operatorAddress) ?? Dec.zero;
    if (!sum.equals(delegatorShares)) {
      return `validator ${operatorAddress} has ${delegatorShares} shares, its delegators ${sum}`;
    }
    sums.delete(operatorAddress);
  }
  const [stray] = sums.keys();
  return stray === undefined ? undefined : `there are delegations to ${stray}, which is no validator`;
}
