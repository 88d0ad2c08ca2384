import type { QueryRoute } from '../../../chain/message.ts';
import type { AddressCodec } from '../../../sdk/address.ts';
import type { Pools } from '../pools.ts';
import type { StakingState } from '../state.ts';
import { delegationQueries } from './delegations.ts';
import { QueryReader } from './reading.ts';
import { redelegationQueries } from './redelegations.ts';
import { unbondingQueries } from './unbondings.ts';
import { validatorQueries } from './validators.ts';

export function stakingQueries(state: StakingState, pools: Pools, addresses: AddressCodec): QueryRoute[] {
  const reader = new QueryReader(state, addresses);
  return [
    ...validatorQueries(state, pools, reader),
    ...delegationQueries(state, reader, addresses),
    ...unbondingQueries(state, reader),
    ...redelegationQueries(state, addresses),
  ];
}
