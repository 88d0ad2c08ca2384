import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { countSignatures } from './downtime.ts';
import { punish } from './evidence.ts';
import type { ConsensusParamsSource, EvidenceRecord, SlashingStaking } from './expected.ts';
import { beginAnew, exportSlashingGenesis, initSlashingGenesis } from './genesis.ts';
import { slashingRoutes } from './handlers.ts';
import { slashingInvariants } from './invariants.ts';
import { SlashingKeeper } from './keeper.ts';
import { slashingQueries } from './queries.ts';
import { SlashingState, slashingStore } from './state.ts';

export interface SlashingDeps {
  readonly addresses: AddressCodec;
  readonly staking: SlashingStaking;
  readonly consensus: ConsensusParamsSource;
  readonly evidence: EvidenceRecord;
  /** Address that may change parameters: the account of the module `gov`. */
  readonly authority: Uint8Array;
  /** Hears what was done about evidence and absence, or why nothing. */
  readonly report: (text: string) => void;
}

/** The door of slashing: who signs twice, or not at all, loses stake and place. Wired after staking, whose genesis it reads. */
export function createSlashing({ addresses, staking, consensus, evidence, authority, report }: SlashingDeps): {
  module: Module;
  keeper: SlashingKeeper;
} {
  const state = new SlashingState();
  const keeper = new SlashingKeeper(state, staking, addresses);
  return {
    keeper,
    module: {
      name: 'slashing',
      stores: [slashingStore],
      messages: slashingRoutes({ state, staking, addresses, authority: addresses.accountText(authority) }),
      queries: slashingQueries(state, addresses),
      invariants: slashingInvariants(state, staking, addresses),
      initGenesis: (ctx, value) => {
        initSlashingGenesis(ctx, value, { state, keeper, staking, addresses });
        return [];
      },
      exportGenesis: (ctx) => exportSlashingGenesis(ctx, state),
      beginAnew: (ctx, zero) => beginAnew(ctx, zero, state),
      lastCommit: (ctx, votes) => countSignatures(ctx, votes, { state, keeper, staking, addresses, report }),
      misbehavior: (ctx, faults) =>
        punish(ctx, faults, { state, keeper, staking, consensus, evidence, addresses, report }),
    },
  };
}
