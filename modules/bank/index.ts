import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { BankAccounts } from './expected.ts';
import { exportBankGenesis, initBankGenesis } from './genesis.ts';
import { BankHandlers } from './handlers.ts';
import { bankInvariants } from './invariants.ts';
import { BankKeeper } from './keeper.ts';
import { bankQueries } from './queries.ts';
import { BankState, bankStore } from './state.ts';

export interface BankDeps {
  readonly addresses: AddressCodec;
  readonly accounts: BankAccounts;
  /** Modules whose accounts take no coins from messages: all of them, as a rule. */
  readonly blockedModules: readonly string[];
  /** Address that may change parameters: the account of the module `gov`. */
  readonly authority: Uint8Array;
}

/** The door of bank: balances, sends, supply. */
export function createBank({ addresses, accounts, blockedModules, authority }: BankDeps): {
  module: Module;
  keeper: BankKeeper;
} {
  const state = new BankState();
  const keeper = new BankKeeper(state, accounts, addresses, blockedModules);
  return {
    keeper,
    module: {
      name: 'bank',
      stores: [bankStore],
      messages: new BankHandlers(state, keeper, addresses, addresses.accountText(authority)).routes(),
      queries: bankQueries(state, keeper, addresses),
      invariants: bankInvariants(state, addresses),
      initGenesis: (ctx, value) => {
        initBankGenesis(ctx, value, state, addresses);
        return [];
      },
      exportGenesis: (ctx) => exportBankGenesis(ctx, state, addresses),
    },
  };
}
