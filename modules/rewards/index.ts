import type { Module } from '../../chain/module.ts';
import { type EpochDeps, endRewardsBlock } from './epochs.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { createHandlers } from './handlers.ts';
import { createInvariants } from './invariants.ts';
import { keeper, type RewardsKeeper } from './keeper.ts';
import { createQueries } from './queries.ts';
import { STORE } from './state.ts';
import { beginAnew } from './zeroHeight.ts';

/** Emission by epochs: what is paid, and to whom. See README.md. */
export function createRewards(deps: EpochDeps): { module: Module; keeper: RewardsKeeper } {
  const { bank, staking, addresses } = deps;
  const module: Module = {
    name: 'rewards',
    stores: [STORE],
    messages: createHandlers(bank, staking, addresses),
    queries: createQueries(deps),
    initGenesis: (ctx, state) => {
      initGenesis(ctx, addresses, state);
      return [];
    },
    exportGenesis: (ctx) => exportGenesis(ctx, addresses),
    beginAnew,
    endBlock: (ctx) => {
      endRewardsBlock(ctx, deps);
      return [];
    },
    invariants: createInvariants(bank, staking),
  };
  return { module, keeper };
}
