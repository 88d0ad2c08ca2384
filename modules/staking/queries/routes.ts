import { type QueryRoute, query } from '../../../chain/message.ts';
import { queryInvalid, queryNotFound } from '../../../chain/queryErrors.ts';
import type { AddressCodec } from '../../../sdk/address.ts';
import { stakingQuery } from '../../../sdk/codec/index.ts';
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
    // Handshakes of IBC read them, which this chain has not: none is kept.
    query(
      '/cosmos.staking.v1beta1.Query/HistoricalInfo',
      stakingQuery.QueryHistoricalInfoRequest,
      stakingQuery.QueryHistoricalInfoResponse,
      (_, { height }) => {
        if (height < 0n) queryInvalid('height cannot be negative');
        return queryNotFound(`historical info for height ${height} not found`);
      },
    ),
  ];
}
