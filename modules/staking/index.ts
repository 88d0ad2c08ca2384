import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { Delegating } from './delegating.ts';
import type { StakingAccounts, StakingBank, StakingSigners } from './expected.ts';
import { exportStakingGenesis, type GenesisParts, initStakingGenesis } from './genesis.ts';
import { MessageReader } from './handlers/reading.ts';
import { stakingRoutes } from './handlers/routes.ts';
import { stakingInvariants } from './invariants.ts';
import { StakingKeeper } from './keeper.ts';
import { Pools } from './pools.ts';
import { stakingQueries } from './queries/routes.ts';
import { Redelegating } from './redelegating.ts';
import { Slashing } from './slashing.ts';
import { StakingState, stakingStore } from './state.ts';
import { ValidatorSet } from './validatorSet.ts';
import { beginAnew } from './zeroHeight.ts';

export interface StakingDeps {
  readonly addresses: AddressCodec;
  /** Must know the module accounts `bonded_tokens_pool` and `not_bonded_tokens_pool`, both `burner` and `staking`. */
  readonly accounts: StakingAccounts;
  readonly bank: StakingBank;
  /** Address that may change parameters: the account of the module `gov`. */
  readonly authority: Uint8Array;
  /** Without it nobody is told of signers, and every key may come back. */
  readonly signers?: StakingSigners;
}

/** The door of staking: validators, delegations, the active set. */
export function createStaking({ addresses, accounts, bank, authority, signers }: StakingDeps): {
  module: Module;
  keeper: StakingKeeper;
} {
  const state = new StakingState(addresses);
  const pools = new Pools(state, bank, accounts);
  const set = new ValidatorSet(state, pools, addresses, signers);
  const delegating = new Delegating(state, pools, set, addresses);
  const redelegating = new Redelegating(state, pools, delegating, addresses);
  const slashing = new Slashing(state, pools, delegating, addresses);
  const keeper = new StakingKeeper(state, set, slashing, addresses);
  const parts: GenesisParts = { state, pools, set, delegating, redelegating, addresses };
  const reader = new MessageReader(addresses);
  return {
    keeper,
    module: {
      name: 'staking',
      stores: [stakingStore],
      messages: stakingRoutes({
        state,
        delegating,
        redelegating,
        reader,
        signers,
        authority: addresses.accountText(authority),
      }),
      queries: stakingQueries(state, pools, addresses),
      invariants: stakingInvariants(state, pools),
      initGenesis: (ctx, value) => initStakingGenesis(ctx, value, parts),
      afterGenesisTxs: (ctx) => set.update(ctx),
      exportGenesis: (ctx) => exportStakingGenesis(ctx, parts),
      beginAnew: (ctx, zero) => beginAnew(ctx, zero, parts),
      endBlock: (ctx) => {
        const updates = set.update(ctx);
        set.unbondMature(ctx);
        delegating.completeMature(ctx);
        redelegating.completeMature(ctx);
        return updates;
      },
    },
  };
}
