import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import type { GenesisParts } from './genesis.ts';

/**
 * As the SDK's `export --for-zero-height`: heights of unbondings are counted from the last block of the chain that ends here, and
 * validators that shall not stay are jailed. Only the copy that is exported sees it. Throws for an unknown operator, and when
 * nobody would be left.
 */
export function beginAnew(ctx: Context, { past, free }: ZeroHeight, parts: GenesisParts): void {
  const { state } = parts;
  if (free !== undefined) jailOthers(ctx, free, parts);
  for (const [, validator] of [...state.validators.walk(ctx)]) {
    state.setValidator(ctx, { ...validator, unbondingHeight: past(validator.unbondingHeight) });
  }
  const counted = <E extends { readonly creationHeight: bigint }>(entry: E): E => ({
    ...entry,
    creationHeight: past(entry.creationHeight),
  });
  for (const [[delegator, operator], unbonding] of [...state.unbondings.walk(ctx)]) {
    state.setUnbonding(ctx, delegator, operator, { ...unbonding, entries: unbonding.entries.map(counted) });
  }
  for (const [key, redelegation] of [...state.redelegations.walk(ctx)]) {
    state.setRedelegation(ctx, key, { ...redelegation, entries: redelegation.entries.map(counted) });
  }
}

function jailOthers(ctx: Context, free: ReadonlySet<string>, { state, set }: GenesisParts): void {
  const all = [...state.validators.walk(ctx)].map(([, validator]) => validator);
  const known = new Set(all.map(({ operatorAddress }) => operatorAddress));
  const unknown = [...free].filter((operator) => !known.has(operator));
  if (unknown.length > 0) throw new Error(`there are no validators ${unknown.join(', ')}`);
  for (const validator of all) {
    if (!free.has(validator.operatorAddress) && !validator.jailed) set.jail(ctx, validator);
  }
  set.update(ctx);
  const isFree = (operator: Uint8Array) => state.validators.get(ctx, operator)?.jailed === false;
  if (![...state.lastPower.walk(ctx)].some(([operator]) => isFree(operator)))
    throw new Error('no validator would be left to make blocks');
}
