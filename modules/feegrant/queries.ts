import { fail, sdkErrors } from '../../chain/errors.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { paginate, paginateFiltered } from '../../chain/pagination.ts';
import { orRefuse, queryInternal } from '../../chain/queryErrors.ts';
import { equalBytes } from '../../chain/tx/wire.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { feegrantQuery } from '../../sdk/codec/index.ts';
import type { FeegrantState } from './state.ts';

const service = '/cosmos.feegrant.v1beta1.Query';

export function feegrantQueries(state: FeegrantState, addresses: AddressCodec): QueryRoute[] {
  const address = (text: string) => orRefuse(() => addresses.account(text), refuse);
  return [
    query(
      `${service}/Allowance`,
      feegrantQuery.QueryAllowanceRequest,
      feegrantQuery.QueryAllowanceResponse,
      (ctx, { granter, grantee }) => {
        const [from, to] = [address(granter), address(grantee)];
        const grant = state.grants.get(ctx, [to, from]) ?? queryInternal('fee-grant not found: not found');
        return { allowance: { granter, grantee, allowance: grant.allowance } };
      },
    ),
    query(
      `${service}/Allowances`,
      feegrantQuery.QueryAllowancesRequest,
      feegrantQuery.QueryAllowancesResponse,
      (ctx, { grantee, pagination }) => {
        const prefix = state.grantedTo(address(grantee));
        const page = orRefuse(
          () => paginate(ctx, state.grants, pagination, (_, grant) => grant, prefix),
          queryInternal,
        );
        return { allowances: page.items, pagination: page.pagination };
      },
    ),
    query(
      `${service}/AllowancesByGranter`,
      feegrantQuery.QueryAllowancesByGranterRequest,
      feegrantQuery.QueryAllowancesByGranterResponse,
      (ctx, request) => {
        const granter = address(request.granter);
        const page = orRefuse(
          () =>
            paginateFiltered(ctx, state.grants, request.pagination, ([, from], grant) =>
              equalBytes(from, granter) ? grant : undefined,
            ),
          queryInternal,
        );
        return { allowances: page.items, pagination: page.pagination };
      },
    ),
  ];
}

/** Plain errors of the SDK's handlers carry no gRPC status. */
function refuse(description: string): never {
  return fail(sdkErrors.invalidRequest, description);
}
