import { burn, coinbase, coinReceived, coinSpent } from '../../../modules/bank/events.ts';
import { stakingTx } from '../../../sdk/codec/index.ts';
import type { Changes } from '../../database/changes.ts';
import { readCoins } from '../coins.ts';
import { genesisBalances, genesisMessages, moduleAddress, operatorAccount } from '../genesis.ts';
import { on, type View } from '../view.ts';
import { accounts, balances, supply } from './tables.ts';

/**
 * Balances are the genesis plus everything received less everything spent. Minting emits `coinbase` and
 * `coin_received`, burning `coin_spent` and `burn`: only the supply follows the outer two.
 */
export const accountsView: View = {
  name: 'accounts',
  version: 1,
  tables: [accounts, balances, supply],
  events: [
    on(coinSpent, ({ spender, amount }, { height }, changes) => move(changes, height, spender, amount, -1n)),
    on(coinReceived, ({ receiver, amount }, { height }, changes) => move(changes, height, receiver, amount, 1n)),
    on(coinbase, ({ amount }, { height }, changes) => issue(changes, height, amount, 1n)),
    on(burn, ({ amount }, { height }, changes) => issue(changes, height, amount, -1n)),
  ],
  genesis: (appState, { prefix, height }, changes) => {
    for (const { address, coins } of genesisBalances(appState)) {
      for (const { denom, amount } of coins) {
        move(changes, height, address, `${amount}${denom}`, 1n);
        issue(changes, height, `${amount}${denom}`, 1n);
      }
    }
    for (const { typeUrl, value } of genesisMessages(appState)) {
      if (typeUrl !== stakingTx.MsgCreateValidator.typeUrl) continue;
      const { validatorAddress, value: stake } = stakingTx.MsgCreateValidator.decode(value);
      const coins = `${stake.amount}${stake.denom}`;
      move(changes, height, operatorAccount(prefix, validatorAddress), coins, -1n);
      move(changes, height, moduleAddress(prefix, 'bonded_tokens_pool'), coins, 1n);
    }
  },
};

function move(changes: Changes, height: number, address: string, coins: string, sign: bigint): void {
  for (const { denom, amount } of readCoins(coins)) {
    changes.ensure(accounts, { address, firstHeight: height });
    changes.add(balances, { address, denom, height }, { amount: sign * amount });
  }
}

function issue(changes: Changes, height: number, coins: string, sign: bigint): void {
  for (const { denom, amount } of readCoins(coins)) changes.add(supply, { denom, height }, { amount: sign * amount });
}
