import { type QueryRoute, query } from '../../../chain/message.ts';
import { paginateFiltered } from '../../../chain/pagination.ts';
import { orRefuse, queryInternal, queryNotFound } from '../../../chain/queryErrors.ts';
import type { AddressCodec } from '../../../sdk/address.ts';
import { stakingQuery } from '../../../sdk/codec/index.ts';
import { addressPrefix, type StakingState } from '../state.ts';
import { validatorProto } from '../validator.ts';
import type { QueryReader } from './reading.ts';

const service = '/cosmos.staking.v1beta1.Query';

export function delegationQueries(state: StakingState, reader: QueryReader, addresses: AddressCodec): QueryRoute[] {
  return [
    query(
      `${service}/Delegation`,
      stakingQuery.QueryDelegationRequest,
      stakingQuery.QueryDelegationResponse,
      (ctx, { delegatorAddr, validatorAddr }) => {
        const key = reader.pair(delegatorAddr, validatorAddr);
        const delegation =
          state.delegations.get(ctx, key) ??
          queryNotFound(`delegation with delegator ${delegatorAddr} not found for validator ${validatorAddr}`);
        return { delegationResponse: reader.describe(ctx, delegation) };
      },
    ),
    query(
      `${service}/DelegatorDelegations`,
      stakingQuery.QueryDelegatorDelegationsRequest,
      stakingQuery.QueryDelegatorDelegationsResponse,
      (ctx, { delegatorAddr, pagination }) => {
        const prefix = addressPrefix(reader.delegator(delegatorAddr));
        const page = orRefuse(
          () => paginateFiltered(ctx, state.delegations, pagination, (_, found) => reader.describe(ctx, found), prefix),
          queryInternal,
        );
        return { delegationResponses: page.items, pagination: page.pagination };
      },
    ),
    query(
      `${service}/ValidatorDelegations`,
      stakingQuery.QueryValidatorDelegationsRequest,
      stakingQuery.QueryValidatorDelegationsResponse,
      (ctx, { validatorAddr, pagination }) => {
        const operator = reader.operator(validatorAddr);
        const page = orRefuse(
          () =>
            paginateFiltered(
              ctx,
              state.delegationsByValidator,
              pagination,
              ([, delegator]) => {
                const delegation = state.delegations.get(ctx, [delegator, operator]);
                return reader.describe(ctx, delegation ?? queryInternal('no delegation for an index entry'));
              },
              addressPrefix(operator),
            ),
          queryInternal,
        );
        return { delegationResponses: page.items, pagination: page.pagination };
      },
    ),
    query(
      `${service}/DelegatorValidators`,
      stakingQuery.QueryDelegatorValidatorsRequest,
      stakingQuery.QueryDelegatorValidatorsResponse,
      (ctx, { delegatorAddr, pagination }) => {
        const prefix = addressPrefix(reader.delegator(delegatorAddr));
        const page = orRefuse(
          () =>
            paginateFiltered(
              ctx,
              state.delegations,
              pagination,
              ([, operator]) => {
                const validator = state.validators.get(ctx, operator);
                return validatorProto(validator ?? queryInternal('validator does not exist'));
              },
              prefix,
            ),
          queryInternal,
        );
        return { validators: page.items, pagination: page.pagination };
      },
    ),
    query(
      `${service}/DelegatorValidator`,
      stakingQuery.QueryDelegatorValidatorRequest,
      stakingQuery.QueryDelegatorValidatorResponse,
      (ctx, { delegatorAddr, validatorAddr }) => {
        const key = reader.pair(delegatorAddr, validatorAddr);
        const delegation =
          state.delegations.get(ctx, key) ?? queryInternal('no delegation for (address, validator) tuple');
        const operator = addresses.operator(delegation.validatorAddress);
        const validator = state.validators.get(ctx, operator) ?? queryInternal('validator does not exist');
        return { validator: validatorProto(validator) };
      },
    ),
  ];
}
