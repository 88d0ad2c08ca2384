import type { Context } from '../../chain/context.ts';
import { FatalError } from '../../chain/errors.ts';
import type { Invariant } from '../../chain/module.ts';
import type { RewardsBank, RewardsStaking } from './expected.ts';
import { sum } from './formulas.ts';
import { claimables, emission, MODULE_ACCOUNT, params, payouts, summaries } from './state.ts';
import { supplyProblem } from './supply.ts';

/** Throws a `FatalError` unless the sums hold: cheap enough for every block, so a chain that pays wrongly stops at once. */
export function requireSums(ctx: Context, bank: RewardsBank, staking: RewardsStaking): void {
  const problem = checkSums(ctx, bank, staking) ?? supplyProblem(ctx, bank, staking.bondDenom(ctx));
  if (problem !== undefined) throw new FatalError(`rewards at height ${ctx.block.height}: ${problem}`);
}

export function createInvariants(bank: RewardsBank, staking: RewardsStaking): Invariant[] {
  return [
    { name: 'rewards/accounting', check: (ctx) => checkSums(ctx, bank, staking) },
    { name: 'rewards/claimables', check: checkClaimables },
    { name: 'rewards/supply', check: (ctx) => supplyProblem(ctx, bank, staking.bondDenom(ctx)) },
  ];
}

/** Every issued unit is with the community, claimed or owed; nothing is issued beyond the schedule or the supply. */
function checkSums(ctx: Context, bank: RewardsBank, staking: RewardsStaking): string | undefined {
  const { issued, community, claimed, unclaimed, paying, scheduled, reserve } = emission.require(ctx);
  const { maxSupply } = params.require(ctx);
  if (issued !== community + claimed + unclaimed + paying) {
    return `issued ${issued}, but community ${community} + claimed ${claimed} + unclaimed ${unclaimed} + paying ${paying}`;
  }
  const left = sum([...payouts.walk(ctx)].flatMap(([, { streams }]) => streams.map((stream) => stream.left)));
  if (left !== paying) return `payouts have ${left} left, the sum says ${paying}`;
  if (scheduled > maxSupply) return `scheduled ${scheduled} of a supply of ${maxSupply}`;
  if (issued + reserve > scheduled) return `issued ${issued} and reserve ${reserve} exceed the scheduled ${scheduled}`;
  const held = bank.balance(ctx, bank.moduleAddress(MODULE_ACCOUNT), staking.bondDenom(ctx));
  if (held < unclaimed + paying) return `the account holds ${held} and owes ${unclaimed} + ${paying}`;
  return undefined;
}

/** The accounts' claims add up. Walks all of them, so only in blocks that closed an epoch or leave one half paid. */
function checkClaimables(ctx: Context): string | undefined {
  const { epoch, unclaimed } = emission.require(ctx);
  const isHalfPaid = [...payouts.walk(ctx)].length > 0;
  if (!isHalfPaid && summaries.get(ctx, epoch - 1n)?.height !== ctx.block.height) return undefined;
  let owed = 0n;
  for (const [, amount] of claimables.walk(ctx)) owed += amount;
  return owed === unclaimed ? undefined : `accounts can claim ${owed}, the sum says ${unclaimed}`;
}
