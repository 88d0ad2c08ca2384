import type { Context } from '../../chain/context.ts';
import { fail, sdkErrors } from '../../chain/errors.ts';
import { isDenom } from '../../chain/math/coins.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { type PageRequest, paginate, paginateFiltered } from '../../chain/pagination.ts';
import { orRefuse, queryInternal, queryInvalid, queryNotFound } from '../../chain/queryErrors.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { type bank, bankQuery, type coin } from '../../sdk/codec/index.ts';
import type { BankKeeper } from './keeper.ts';
import { type BankState, balancesOf, ownersOf } from './state.ts';

const service = '/cosmos.bank.v1beta1.Query';

export function bankQueries(state: BankState, keeper: BankKeeper, addresses: AddressCodec): QueryRoute[] {
  const readAddress = (text: string): Uint8Array =>
    orRefuse(
      () => addresses.account(text),
      (problem) => queryInvalid(`invalid address: ${problem}`),
    );

  const balanceOf = (ctx: Context, request: { address: string; denom: string }): { balance: coin.Coin } => {
    requireDenom(request.denom);
    const amount = keeper.balance(ctx, readAddress(request.address), request.denom);
    return { balance: toCoin(request.denom, amount) };
  };

  const balancePage = (ctx: Context, address: string, pagination: PageRequest | undefined, resolve: boolean) => {
    const prefix = balancesOf(readAddress(address));
    const name = (denom: string) => (resolve ? (state.metadata.get(ctx, denom)?.display ?? denom) : denom);
    const page = orRefuse(
      () => paginate(ctx, state.balances, pagination, ([, denom], amount) => toCoin(name(denom), amount), prefix),
      (problem) => queryInvalid(`paginate: ${problem}`),
    );
    return { balances: page.items, pagination: page.pagination };
  };

  const metadataOf = (ctx: Context, denom: string): { metadata: bank.Metadata } => {
    requireDenom(denom);
    return { metadata: state.metadata.get(ctx, denom) ?? queryNotFound(`client metadata for denom ${denom}`) };
  };

  const ownersPage = (ctx: Context, denom: string, pagination: PageRequest | undefined) => {
    requireDenom(denom);
    const owner = (address: Uint8Array): bankQuery.DenomOwner => ({
      address: addresses.accountText(address),
      balance: toCoin(denom, state.balance(ctx, address, denom)),
    });
    const page = orRefuse(
      () => paginate(ctx, state.owners, pagination, ([, address]) => owner(address), ownersOf(denom)),
      (problem) => fail(sdkErrors.invalidRequest, problem),
    );
    return { denomOwners: page.items, pagination: page.pagination };
  };

  return [
    query(`${service}/Balance`, bankQuery.QueryBalanceRequest, bankQuery.QueryBalanceResponse, balanceOf),
    query(
      `${service}/AllBalances`,
      bankQuery.QueryAllBalancesRequest,
      bankQuery.QueryAllBalancesResponse,
      (ctx, { address, pagination, resolveDenom }) => balancePage(ctx, address, pagination, resolveDenom),
    ),
    // Nothing is locked while there are no vesting accounts, so all coins are spendable.
    query(
      `${service}/SpendableBalances`,
      bankQuery.QuerySpendableBalancesRequest,
      bankQuery.QuerySpendableBalancesResponse,
      (ctx, { address, pagination }) => balancePage(ctx, address, pagination, false),
    ),
    query(
      `${service}/SpendableBalanceByDenom`,
      bankQuery.QuerySpendableBalanceByDenomRequest,
      bankQuery.QuerySpendableBalanceByDenomResponse,
      balanceOf,
    ),
    query(
      `${service}/TotalSupply`,
      bankQuery.QueryTotalSupplyRequest,
      bankQuery.QueryTotalSupplyResponse,
      (ctx, request) => {
        const page = orRefuse(() => paginate(ctx, state.supply, request.pagination, toCoin), queryInternal);
        return { supply: page.items, pagination: page.pagination };
      },
    ),
    query(`${service}/SupplyOf`, bankQuery.QuerySupplyOfRequest, bankQuery.QuerySupplyOfResponse, (ctx, { denom }) => {
      requireDenom(denom);
      return { amount: toCoin(denom, keeper.supply(ctx, denom)) };
    }),
    query(`${service}/Params`, bankQuery.QueryParamsRequest, bankQuery.QueryParamsResponse, (ctx) => ({
      params: keeper.params(ctx),
    })),
    query(
      `${service}/DenomMetadata`,
      bankQuery.QueryDenomMetadataRequest,
      bankQuery.QueryDenomMetadataResponse,
      (ctx, { denom }) => metadataOf(ctx, denom),
    ),
    query(
      `${service}/DenomMetadataByQueryString`,
      bankQuery.QueryDenomMetadataByQueryStringRequest,
      bankQuery.QueryDenomMetadataByQueryStringResponse,
      (ctx, { denom }) => metadataOf(ctx, denom),
    ),
    query(
      `${service}/DenomsMetadata`,
      bankQuery.QueryDenomsMetadataRequest,
      bankQuery.QueryDenomsMetadataResponse,
      (ctx, request) => {
        const page = orRefuse(
          () => paginateFiltered(ctx, state.metadata, request.pagination, (_, found) => found),
          queryInternal,
        );
        return { metadatas: page.items, pagination: page.pagination };
      },
    ),
    query(
      `${service}/DenomOwners`,
      bankQuery.QueryDenomOwnersRequest,
      bankQuery.QueryDenomOwnersResponse,
      (ctx, { denom, pagination }) => ownersPage(ctx, denom, pagination),
    ),
    query(
      `${service}/DenomOwnersByQuery`,
      bankQuery.QueryDenomOwnersByQueryRequest,
      bankQuery.QueryDenomOwnersByQueryResponse,
      (ctx, { denom, pagination }) => ownersPage(ctx, denom, pagination),
    ),
    query(
      `${service}/SendEnabled`,
      bankQuery.QuerySendEnabledRequest,
      bankQuery.QuerySendEnabledResponse,
      (ctx, { denoms, pagination }) => {
        if (denoms.length > 0) {
          const found = denoms.flatMap((denom) => {
            const enabled = keeper.sendEnabled(ctx, denom);
            return enabled === undefined ? [] : [{ denom, enabled }];
          });
          return { sendEnabled: found, pagination: undefined };
        }
        const page = orRefuse(
          () => paginate(ctx, state.sendEnabled, pagination, (denom, enabled) => ({ denom, enabled })),
          queryInternal,
        );
        return { sendEnabled: page.items, pagination: page.pagination };
      },
    ),
  ];
}

function toCoin(denom: string, amount: bigint): coin.Coin {
  return { denom, amount: amount.toString() };
}

function requireDenom(denom: string): void {
  if (!isDenom(denom)) queryInvalid(`invalid denom: ${denom}`);
}
