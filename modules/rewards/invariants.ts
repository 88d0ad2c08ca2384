import type { Context } from '../../chain/context.ts';
import type { Invariant } from '../../chain/module.ts';
import type { RewardsBank, RewardsStaking } from './expected.ts';
import { claimables, emission, MODULE_ACCOUNT, params, summaries } from './state.ts';

export function createInvariants(bank: RewardsBank, staking: RewardsStaking): Invariant[] {
  return [
    { name: 'rewards/accounting', check: (ctx) => checkSums(ctx, bank, staking) },
    { name: 'rewards/claimables', check: checkClaimables },
  ];
}

/** Every issued unit is with the community, claimed or owed; nothing is issued beyond the schedule or the supply. */
function checkSums(ctx: Context, bank: RewardsBank, staking: RewardsStaking): string | undefined {
  const { issued, community, claimed, unclaimed, scheduled, reserve } = emission.require(ctx);
  const { maxSupply } = params.require(ctx);
  if (issued !== community + claimed + unclaimed) {
    return `issued ${issued}, but community ${community} + claimed ${claimed} + unclaimed ${unclaimed}`;
  }
  if (scheduled > maxSupply) return `scheduled ${scheduled} of a supply of ${maxSupply}`;
  if (issued + reserve > scheduled) return `issued ${issued} and reserve ${reserve} exceed the scheduled ${scheduled}`;
  const held = bank.balance(ctx, bank.moduleAddress(MODULE_ACCOUNT), staking.bondDenom(ctx));
  if (held < unclaimed) return `the account holds ${held} and owes ${unclaimed}`;
  return undefined;
}

/** The accounts' claims add up. Walks all of them, so only in blocks that closed an epoch. */
function checkClaimables(ctx: Context): string | undefined {
  const { epoch, unclaimed } = emission.require(ctx);
  if (summaries.get(ctx, epoch - 1n)?.height !== ctx.block.height) return undefined;
  let owed = 0n;
  for (const [, amount] of claimables.walk(ctx)) owed += amount;
  return owed === unclaimed ? undefined : `accounts can claim ${owed}, the sum says ${unclaimed}`;
}
