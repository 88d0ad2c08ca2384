import { Item } from '../../chain/collections/collections.ts';
import { intValue } from '../../chain/collections/values.ts';
import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import type { RewardsBank } from './expected.ts';
import { emission, STORE } from './state.ts';

/** 0x0a: the supply before rewards issued anything, decimal digits. */
export const genesisSupply = new Item(STORE, '\x0a', intValue);

/** Reads `app_state.rewards.genesis_supply`; on a new chain it is what bank has now, less what was issued before. */
export function initSupply(ctx: Context, value: unknown, bank: RewardsBank, denom: string): void {
  const node = new JsonNode(value, 'app_state.rewards').field('genesis_supply');
  const given = node.isAbsent ? bank.supply(ctx, denom) - emission.require(ctx).issued : node.integer();
  if (given < 0n) node.fail('must not be negative');
  genesisSupply.set(ctx, given);
}

/** What has disappeared since genesis: nobody but rewards makes coins, so what is missing was burned. */
export function burned(ctx: Context, bank: RewardsBank, denom: string): bigint {
  return genesisSupply.require(ctx) + emission.require(ctx).issued - bank.supply(ctx, denom);
}

/** A supply above what there was and what rewards issued was made by somebody else. */
export function supplyProblem(ctx: Context, bank: RewardsBank, denom: string): string | undefined {
  const surplus = -burned(ctx, bank, denom);
  return surplus > 0n ? `the supply is ${surplus} above that of genesis and what rewards issued` : undefined;
}
