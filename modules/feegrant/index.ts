import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { GrantAccounts, GrantBank } from './expected.ts';
import { exportFeegrantGenesis, initFeegrantGenesis } from './genesis.ts';
import { feegrantHandlers } from './handlers.ts';
import { feegrantInvariants } from './invariants.ts';
import { FeegrantKeeper } from './keeper.ts';
import { feegrantQueries } from './queries.ts';
import { FeegrantState, feegrantStore } from './state.ts';

export interface FeegrantDeps {
  readonly addresses: AddressCodec;
  readonly accounts: GrantAccounts;
  readonly bank: GrantBank;
}

/** Most ended allowances that a block removes. */
const pruneLimit = 200;

/** The door of feegrant: who lets whom pay fees from its account. */
export function createFeegrant({ addresses, accounts, bank }: FeegrantDeps): {
  module: Module;
  keeper: FeegrantKeeper;
} {
  const state = new FeegrantState();
  const keeper = new FeegrantKeeper({ addresses, state, accounts, bank });
  return {
    keeper,
    module: {
      name: 'feegrant',
      stores: [feegrantStore],
      messages: feegrantHandlers(keeper, addresses),
      queries: feegrantQueries(state, addresses),
      invariants: feegrantInvariants(state, addresses),
      initGenesis: (ctx, value) => {
        initFeegrantGenesis(ctx, value, keeper, addresses);
        return [];
      },
      exportGenesis: (ctx) => exportFeegrantGenesis(ctx, state),
      endBlock: (ctx) => {
        keeper.prune(ctx, pruneLimit);
        return [];
      },
    },
  };
}
