import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { exportAuthGenesis, initAuthGenesis } from './genesis.ts';
import { authHandlers } from './handlers.ts';
import { authInvariants } from './invariants.ts';
import { AuthKeeper, type ModulePermissions, moduleAddress } from './keeper.ts';
import { authQueries } from './queries.ts';
import { AuthState, authStore } from './state.ts';

export interface AuthDeps {
  readonly addresses: AddressCodec;
  /** Every module account of the chain with what it may do, `fee_collector` among them. */
  readonly modulePermissions: ModulePermissions;
  /** Address that may change parameters; the account of the module `gov` unless given. */
  readonly authority?: Uint8Array;
}

/** The door of auth: accounts, their numbers, keys and sequences. */
export function createAuth({ addresses, modulePermissions, authority }: AuthDeps): {
  module: Module;
  keeper: AuthKeeper;
} {
  const state = new AuthState();
  const keeper = new AuthKeeper(addresses, state, modulePermissions);
  return {
    keeper,
    module: {
      name: 'auth',
      stores: [authStore],
      messages: authHandlers(state, addresses.accountText(authority ?? moduleAddress('gov'))),
      queries: authQueries(state, keeper, addresses),
      invariants: authInvariants(state, addresses),
      initGenesis: (ctx, value) => {
        initAuthGenesis(ctx, value, state, keeper, addresses);
        return [];
      },
      exportGenesis: (ctx) => exportAuthGenesis(ctx, state),
    },
  };
}
