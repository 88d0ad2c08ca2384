import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { OracleSlashing } from './expected.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { createHandlers } from './handlers.ts';
import { createKeeper, type OracleKeeper } from './keeper.ts';
import { advanceSymbol } from './prices.ts';
import { createQueries } from './queries.ts';
import { params, STORE } from './state.ts';
import { takePrices } from './votes.ts';
import { beginAnew } from './zeroHeight.ts';

export interface OracleDeps {
  readonly addresses: AddressCodec;
  readonly slashing: OracleSlashing;
  /** Address that may change parameters: the account of the module `gov`. */
  readonly authority: Uint8Array;
}

/** Prices that validators put into their votes, as one slow price a symbol. See README.md. */
export function createOracle({ addresses, slashing, authority }: OracleDeps): { module: Module; keeper: OracleKeeper } {
  const module: Module = {
    name: 'oracle',
    stores: [STORE],
    messages: createHandlers(addresses.accountText(authority)),
    queries: createQueries(addresses),
    initGenesis: (ctx, state) => {
      initGenesis(ctx, addresses, state);
      return [];
    },
    exportGenesis: (ctx) => exportGenesis(ctx, addresses),
    beginAnew,
    voteExtensions: (ctx, votes) => takePrices(ctx, votes, slashing, addresses),
    beginBlock: (ctx) => {
      for (const symbol of params.require(ctx).symbols) advanceSymbol(ctx, symbol);
    },
  };
  return { module, keeper: createKeeper() };
}
