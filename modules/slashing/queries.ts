import { fail, sdkErrors } from '../../chain/errors.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { paginateFiltered } from '../../chain/pagination.ts';
import { orRefuse, queryInternal, queryInvalid, queryNotFound } from '../../chain/queryErrors.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { slashingQuery } from '../../sdk/codec/index.ts';
import { paramsProto } from './params.ts';
import type { SlashingState } from './state.ts';

const service = '/cosmos.slashing.v1beta1.Query';

export function slashingQueries(state: SlashingState, addresses: AddressCodec): QueryRoute[] {
  return [
    query(`${service}/Params`, slashingQuery.QueryParamsRequest, slashingQuery.QueryParamsResponse, (ctx) => ({
      params: paramsProto(state.params.require(ctx)),
    })),
    query(
      `${service}/SigningInfo`,
      slashingQuery.QuerySigningInfoRequest,
      slashingQuery.QuerySigningInfoResponse,
      (ctx, { consAddress }) => {
        if (consAddress === '') return queryInvalid('invalid request');
        const address = orRefuse(
          () => addresses.consensus(consAddress),
          (problem) => fail(sdkErrors.invalidRequest, problem),
        );
        const info = state.signingInfos.get(ctx, address);
        if (info === undefined) return queryNotFound(`SigningInfo not found for validator ${consAddress}`);
        return { valSigningInfo: info };
      },
    ),
    query(
      `${service}/SigningInfos`,
      slashingQuery.QuerySigningInfosRequest,
      slashingQuery.QuerySigningInfosResponse,
      (ctx, { pagination }) => {
        const page = orRefuse(
          () => paginateFiltered(ctx, state.signingInfos, pagination, (_, info) => info),
          queryInternal,
        );
        return { info: page.items, pagination: page.pagination };
      },
    ),
  ];
}
