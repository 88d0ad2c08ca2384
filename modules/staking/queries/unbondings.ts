import { type QueryRoute, query } from '../../../chain/message.ts';
import { paginateFiltered } from '../../../chain/pagination.ts';
import { orRefuse, queryInternal, queryNotFound } from '../../../chain/queryErrors.ts';
import { stakingQuery } from '../../../sdk/codec/index.ts';
import { unbondingProto } from '../delegations.ts';
import { addressPrefix, type StakingState } from '../state.ts';
import type { QueryReader } from './reading.ts';

const service = '/cosmos.staking.v1beta1.Query';

export function unbondingQueries(state: StakingState, reader: QueryReader): QueryRoute[] {
  return [
    query(
      `${service}/UnbondingDelegation`,
      stakingQuery.QueryUnbondingDelegationRequest,
      stakingQuery.QueryUnbondingDelegationResponse,
      (ctx, { delegatorAddr, validatorAddr }) => {
        const key = reader.pair(delegatorAddr, validatorAddr);
        const problem = `unbonding delegation with delegator ${delegatorAddr} not found for validator ${validatorAddr}`;
        return { unbond: unbondingProto(state.unbondings.get(ctx, key) ?? queryNotFound(problem)) };
      },
    ),
    query(
      `${service}/DelegatorUnbondingDelegations`,
      stakingQuery.QueryDelegatorUnbondingDelegationsRequest,
      stakingQuery.QueryDelegatorUnbondingDelegationsResponse,
      (ctx, { delegatorAddr, pagination }) => {
        const prefix = addressPrefix(reader.delegator(delegatorAddr));
        const page = orRefuse(
          () => paginateFiltered(ctx, state.unbondings, pagination, (_, found) => unbondingProto(found), prefix),
          queryInternal,
        );
        return { unbondingResponses: page.items, pagination: page.pagination };
      },
    ),
    query(
      `${service}/ValidatorUnbondingDelegations`,
      stakingQuery.QueryValidatorUnbondingDelegationsRequest,
      stakingQuery.QueryValidatorUnbondingDelegationsResponse,
      (ctx, { validatorAddr, pagination }) => {
        const operator = reader.operator(validatorAddr);
        const page = orRefuse(
          () =>
            paginateFiltered(
              ctx,
              state.unbondingsByValidator,
              pagination,
              ([, delegator]) => {
                const unbonding = state.unbondings.get(ctx, [delegator, operator]);
                return unbondingProto(unbonding ?? queryInternal('no unbonding for an index entry'));
              },
              addressPrefix(operator),
            ),
          queryInternal,
        );
        return { unbondingResponses: page.items, pagination: page.pagination };
      },
    ),
  ];
}
