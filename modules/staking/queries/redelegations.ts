import type { Context } from '../../../chain/context.ts';
import { type QueryRoute, query } from '../../../chain/message.ts';
import { type PageRequest, type PageResponse, paginateFiltered } from '../../../chain/pagination.ts';
import { orRefuse, queryInternal } from '../../../chain/queryErrors.ts';
import type { AddressCodec } from '../../../sdk/address.ts';
import { type staking, stakingQuery } from '../../../sdk/codec/index.ts';
import { type Redelegation, redelegationEntryProto } from '../delegations.ts';
import { addressPrefix, type StakingState } from '../state.ts';
import { tokensFromShares } from '../validator.ts';

interface Page {
  readonly items: readonly Redelegation[];
  readonly pagination?: PageResponse;
}

/** One of three questions: a single redelegation, all that left a validator, all of a delegator. */
export function redelegationQueries(state: StakingState, addresses: AddressCodec): QueryRoute[] {
  const single = (ctx: Context, request: stakingQuery.QueryRedelegationsRequest): Page => {
    const found = state.redelegations.get(ctx, [
      addresses.account(request.delegatorAddr),
      addresses.operator(request.srcValidatorAddr),
      addresses.operator(request.dstValidatorAddr),
    ]);
    const problem = `redelegation not found for delegator address ${request.delegatorAddr} from validator address ${request.srcValidatorAddr}`;
    return { items: [found ?? queryInternal(`rpc error: code = NotFound desc = ${problem}`)] };
  };
  const fromSource = (ctx: Context, source: Uint8Array, pagination: PageRequest | undefined): Page =>
    paginateFiltered(
      ctx,
      state.redelegationsBySource,
      pagination,
      ([, delegator, destination]) => state.redelegations.get(ctx, [delegator, source, destination]),
      addressPrefix(source),
    );
  const ofDelegator = (ctx: Context, delegator: Uint8Array, pagination: PageRequest | undefined): Page =>
    paginateFiltered(ctx, state.redelegations, pagination, (_, found) => found, addressPrefix(delegator));

  const select = (ctx: Context, request: stakingQuery.QueryRedelegationsRequest): Page => {
    const { delegatorAddr, srcValidatorAddr, dstValidatorAddr, pagination } = request;
    if (delegatorAddr !== '' && srcValidatorAddr !== '' && dstValidatorAddr !== '') return single(ctx, request);
    if (delegatorAddr === '' && srcValidatorAddr !== '' && dstValidatorAddr === '') {
      return fromSource(ctx, addresses.operator(srcValidatorAddr), pagination);
    }
    return ofDelegator(ctx, addresses.account(delegatorAddr), pagination);
  };

  const describe = (ctx: Context, redelegation: Redelegation): staking.RedelegationResponse => {
    const destination = addresses.operator(redelegation.validatorDstAddress);
    const validator = state.validators.get(ctx, destination) ?? queryInternal('validator does not exist');
    return {
      redelegation: { ...redelegation, entries: [] },
      entries: redelegation.entries.map((entry) => ({
        redelegationEntry: redelegationEntryProto(entry),
        balance: tokensFromShares(validator, entry.sharesDst).truncateInt().toString(),
      })),
    };
  };

  return [
    query(
      '/cosmos.staking.v1beta1.Query/Redelegations',
      stakingQuery.QueryRedelegationsRequest,
      stakingQuery.QueryRedelegationsResponse,
      (ctx, request) => {
        const page = orRefuse(() => select(ctx, request), queryInternal);
        return {
          redelegationResponses: page.items.map((found) => describe(ctx, found)),
          pagination: page.pagination,
        };
      },
    ),
  ];
}
