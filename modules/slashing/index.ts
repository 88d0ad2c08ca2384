import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { punish } from './evidence.ts';
import type { ConsensusParamsSource, SlashingStaking } from './expected.ts';
import { beginAnew, exportSlashingGenesis, initSlashingGenesis } from './genesis.ts';
import { slashingInvariants } from './invariants.ts';
import { SlashingKeeper } from './keeper.ts';
import { slashingQueries } from './queries.ts';
import { SlashingState, slashingStore } from './state.ts';

export interface SlashingDeps {
  readonly addresses: AddressCodec;
  readonly staking: SlashingStaking;
  readonly consensus: ConsensusParamsSource;
  /** Hears what was done about evidence, or why nothing. */
  readonly report: (text: string) => void;
}

/** The door of slashing: who signs twice loses stake and place. Wired after staking, whose genesis it reads. */
export function createSlashing({ addresses, staking, consensus, report }: SlashingDeps): {
  module: Module;
  keeper: SlashingKeeper;
} {
  const state = new SlashingState();
  const keeper = new SlashingKeeper(state, addresses);
  return {
    keeper,
    module: {
      name: 'slashing',
      stores: [slashingStore],
      queries: slashingQueries(state, addresses),
      invariants: slashingInvariants(state, staking, addresses),
      initGenesis: (ctx, value) => {
        initSlashingGenesis(ctx, value, { state, keeper, staking, addresses });
        return [];
      },
      exportGenesis: (ctx) => exportSlashingGenesis(ctx, state),
      beginAnew: (ctx, zero) => beginAnew(ctx, zero, state),
      misbehavior: (ctx, faults) => punish(ctx, faults, { state, keeper, staking, consensus, addresses, report }),
    },
  };
}
