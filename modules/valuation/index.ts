import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { ValuationKeeper, type WeightSink } from './keeper.ts';
import { valuationQueries } from './queries.ts';
import { MODULE } from './state.ts';
import { beginAnew } from './zeroHeight.ts';

export interface ValuationDeps {
  readonly rewards: WeightSink;
  readonly addresses: AddressCodec;
}

/** It has no messages: contribution asks for an appraisal, and settles it when the verdict is final. */
export function createValuation({ addresses, rewards }: ValuationDeps): { module: Module; keeper: ValuationKeeper } {
  const keeper = new ValuationKeeper(rewards, addresses);
  const module: Module = {
    name: MODULE,
    stores: [MODULE],
    queries: valuationQueries(keeper, addresses),
    initGenesis: (ctx, json) => {
      initGenesis(ctx, addresses, json);
      return [];
    },
    exportGenesis,
    beginAnew,
  };
  return { module, keeper };
}
