import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { BeaconSlashing, BeaconStaking } from './expected.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { createHandlers } from './handlers.ts';
import { type BeaconKeeper, createKeeper } from './keeper.ts';
import { createQueries } from './queries.ts';
import { closeWhenDue } from './rounds.ts';
import { STORE } from './state.ts';
import { takeOutputs } from './votes.ts';
import { beginAnew } from './zeroHeight.ts';

export interface BeaconDeps {
  readonly staking: BeaconStaking;
  readonly slashing: BeaconSlashing;
  readonly addresses: AddressCodec;
  /** Address that may change parameters: the account of the module `gov`. */
  readonly authority: Uint8Array;
}

/** Public randomness from the validators' random functions. See README.md. */
export function createBeacon({ staking, slashing, addresses, authority }: BeaconDeps): {
  module: Module;
  keeper: BeaconKeeper;
} {
  const module: Module = {
    name: 'beacon',
    stores: [STORE],
    messages: createHandlers(staking, addresses, addresses.accountText(authority)),
    queries: createQueries(addresses),
    initGenesis: (ctx, state) => {
      initGenesis(ctx, addresses, state);
      return [];
    },
    exportGenesis: (ctx) => exportGenesis(ctx, addresses),
    beginAnew,
    voteExtensions: (ctx, votes) => takeOutputs(ctx, votes, staking, addresses),
    beginBlock: (ctx) => closeWhenDue(ctx, staking, slashing, addresses),
  };
  return { module, keeper: createKeeper() };
}
