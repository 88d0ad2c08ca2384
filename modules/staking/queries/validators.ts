import { type QueryRoute, query } from '../../../chain/message.ts';
import { paginateFiltered } from '../../../chain/pagination.ts';
import { orRefuse, queryInternal, queryInvalid, queryNotFound } from '../../../chain/queryErrors.ts';
import { staking, stakingQuery } from '../../../sdk/codec/index.ts';
import { paramsProto } from '../params.ts';
import type { Pools } from '../pools.ts';
import type { StakingState } from '../state.ts';
import { validatorProto } from '../validator.ts';
import type { QueryReader } from './reading.ts';

const service = '/cosmos.staking.v1beta1.Query';
const statuses = ['', 'BOND_STATUS_BONDED', 'BOND_STATUS_UNBONDED', 'BOND_STATUS_UNBONDING'];

export function validatorQueries(state: StakingState, pools: Pools, reader: QueryReader): QueryRoute[] {
  return [
    query(
      `${service}/Validators`,
      stakingQuery.QueryValidatorsRequest,
      stakingQuery.QueryValidatorsResponse,
      (ctx, { status, pagination }) => {
        if (!statuses.includes(status)) queryInvalid(`invalid validator status ${status}`);
        const page = orRefuse(
          () =>
            paginateFiltered(ctx, state.validators, pagination, (_, validator) =>
              status === '' || staking.bondStatusToJSON(validator.status) === status
                ? validatorProto(validator)
                : undefined,
            ),
          queryInternal,
        );
        return { validators: page.items, pagination: page.pagination };
      },
    ),
    query(
      `${service}/Validator`,
      stakingQuery.QueryValidatorRequest,
      stakingQuery.QueryValidatorResponse,
      (ctx, { validatorAddr }) => {
        const validator = state.validators.get(ctx, reader.operator(validatorAddr));
        if (validator === undefined) return queryNotFound(`validator ${validatorAddr} not found`);
        return { validator: validatorProto(validator) };
      },
    ),
    query(`${service}/Params`, stakingQuery.QueryParamsRequest, stakingQuery.QueryParamsResponse, (ctx) => ({
      params: paramsProto(state.params.require(ctx)),
    })),
    query(`${service}/Pool`, stakingQuery.QueryPoolRequest, stakingQuery.QueryPoolResponse, (ctx) => {
      const { bonded, notBonded } = pools.balances(ctx);
      return { pool: { bondedTokens: bonded.toString(), notBondedTokens: notBonded.toString() } };
    }),
  ];
}
