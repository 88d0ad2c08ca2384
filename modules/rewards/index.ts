import type { Module } from '../../chain/module.ts';
import { type EpochDeps, endRewardsBlock } from './epochs.ts';
import { exportGenesis, initGenesis } from './genesis.ts';
import { createHandlers } from './handlers.ts';
import { createInvariants, requireSums } from './invariants.ts';
import { keeper, type RewardsKeeper } from './keeper.ts';
import { createQueries } from './queries.ts';
import { STORE } from './state.ts';
import { genesisSupply, initSupply } from './supply.ts';
import { supplyQuery } from './supplyAudit.ts';
import { updateParamsRoute } from './updateParams.ts';
import { beginAnew } from './zeroHeight.ts';

export interface RewardsDeps extends EpochDeps {
  /** Address that may change parameters: the account of the module `gov`. */
  readonly authority: Uint8Array;
  /** Names of all module accounts, for the audit of supply. */
  readonly pools: readonly string[];
}

/** Emission by epochs: what is paid, and to whom. See README.md. */
export function createRewards(deps: RewardsDeps): { module: Module; keeper: RewardsKeeper } {
  const { bank, staking, oracle, addresses, authority } = deps;
  const module: Module = {
    name: 'rewards',
    stores: [STORE],
    messages: [
      ...createHandlers(bank, staking, addresses),
      updateParamsRoute(oracle, addresses.accountText(authority)),
    ],
    queries: [...createQueries(deps), supplyQuery(deps)],
    initGenesis: (ctx, state) => {
      initGenesis(ctx, addresses, state);
      initSupply(ctx, state, bank, staking.bondDenom(ctx));
      return [];
    },
    exportGenesis: (ctx) => ({
      ...Object(exportGenesis(ctx, addresses)),
      genesis_supply: genesisSupply.require(ctx).toString(),
    }),
    beginAnew,
    endBlock: (ctx) => {
      endRewardsBlock(ctx, deps);
      requireSums(ctx, bank, staking);
      return [];
    },
    invariants: createInvariants(bank, staking),
  };
  return { module, keeper };
}
