import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { ValuationKeeper, type WeightSink } from './keeper.ts';
import { valuationQueries } from './queries.ts';
import { type RoundAssessor, Rounds } from './rounds.ts';
import { MODULE } from './state.ts';
import { beginAnew } from './zeroHeight.ts';

export interface ValuationDeps {
  readonly rewards: WeightSink;
  readonly addresses: AddressCodec;
  readonly assessor: RoundAssessor;
}

/** It has no messages: contribution asks for an appraisal, and settles it when the verdict is final. */
export function createValuation({ addresses, assessor, rewards }: ValuationDeps): {
  module: Module;
  keeper: ValuationKeeper;
} {
  const rounds = new Rounds(assessor);
  const keeper = new ValuationKeeper(rewards, addresses, rounds);
  const module: Module = {
    name: MODULE,
    stores: [MODULE],
    queries: valuationQueries(keeper, addresses),
    initGenesis: (ctx, json) => {
      initGenesis(ctx, addresses, json);
      return [];
    },
    exportGenesis,
    endBlock: (ctx) => {
      rounds.endBlock(ctx);
      return [];
    },
    beginAnew,
  };
  return { module, keeper };
}
