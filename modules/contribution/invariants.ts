import type { Context } from '../../chain/context.ts';
import type { Invariant } from '../../chain/module.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import { escrowDenom, requireCoin } from './escrow.ts';
import type { EscrowBank } from './expected.ts';
import * as state from './state.ts';

/** The account may hold more than it owes, since anyone can send to it, never less. Cheap: runs each block. */
export function escrowInvariant(bank: EscrowBank): Invariant {
  return {
    name: 'contribution/escrow',
    check: (ctx) => {
      const owed = state.held.require(ctx);
      const balance = bank.balance(ctx, bank.moduleAddress(state.MODULE), escrowDenom(ctx));
      return balance >= owed ? undefined : `module account has ${balance}, owes ${owed}`;
    },
  };
}

/** What is owed, counted from every record: for genesis and tests, not for each block. */
export function countHeld(ctx: Context): bigint {
  let total = 0n;
  const add = (coin: Coin | undefined) => {
    total += BigInt(requireCoin(coin).amount);
  };
  for (const [, objective] of state.objectives.walk(ctx)) {
    add(objective.budget);
    add(objective.bond);
  }
  for (const [, round] of state.rounds.walk(ctx)) total += BigInt(round.held);
  for (const [, contribution] of state.contributions.walk(ctx)) {
    add(contribution.deposit);
    if (contribution.appeal !== undefined) add(contribution.appeal.deposit);
  }
  return total;
}
