import { Context } from '../../chain/context.ts';
import { fail, sdkErrors } from '../../chain/errors.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { paginate } from '../../chain/pagination.ts';
import { orRefuse, queryInvalid, queryNotFound } from '../../chain/queryErrors.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { authQuery } from '../../sdk/codec/index.ts';
import { type Account, packAccount } from './account.ts';
import type { AuthKeeper } from './keeper.ts';
import type { AuthState } from './state.ts';

const service = '/cosmos.auth.v1beta1.Query';

export function authQueries(state: AuthState, keeper: AuthKeeper, addresses: AddressCodec): QueryRoute[] {
  const find = (ctx: Context, text: string): Account =>
    keeper.get(
      ctx,
      orRefuse(() => addresses.account(text), refuse),
    ) ?? queryNotFound(`account ${text} not found`);
  const findModule = (ctx: Context, name: string): Account => {
    if (!Object.hasOwn(keeper.modulePermissions, name)) return queryNotFound(`account ${name} not found`);
    // A module account is made on first use; a query shows it as it would be made and writes nothing.
    return keeper.moduleAccount(new Context(ctx.block, ctx.state.branch(), ctx.gas), name);
  };

  return [
    query(`${service}/Account`, authQuery.QueryAccountRequest, authQuery.QueryAccountResponse, (ctx, { address }) => {
      if (address === '') queryInvalid('Address cannot be empty');
      return { account: packAccount(find(ctx, address)) };
    }),
    query(
      `${service}/AccountInfo`,
      authQuery.QueryAccountInfoRequest,
      authQuery.QueryAccountInfoResponse,
      (ctx, { address }) => {
        if (address === '') queryInvalid('address cannot be empty');
        const { pubKey, accountNumber, sequence } = find(ctx, address);
        return { info: { address, pubKey, accountNumber, sequence } };
      },
    ),
    query(`${service}/Accounts`, authQuery.QueryAccountsRequest, authQuery.QueryAccountsResponse, (ctx, request) => {
      const page = orRefuse(
        () => paginate(ctx, state.accounts, request.pagination, (_, account) => packAccount(account)),
        refuse,
      );
      return { accounts: page.items, pagination: page.pagination };
    }),
    query(
      `${service}/AccountAddressByID`,
      authQuery.QueryAccountAddressByIDRequest,
      authQuery.QueryAccountAddressByIDResponse,
      (ctx, { id, accountId }) => {
        if (id !== 0n) queryInvalid("requesting with id isn't supported, try to request using account-id");
        const address = state.byNumber.get(ctx, accountId);
        if (address === undefined) queryNotFound(`account address not found with account number ${accountId}`);
        return { accountAddress: addresses.accountText(address) };
      },
    ),
    query(`${service}/Params`, authQuery.QueryParamsRequest, authQuery.QueryParamsResponse, (ctx) => ({
      params: keeper.params(ctx),
    })),
    query(
      `${service}/ModuleAccounts`,
      authQuery.QueryModuleAccountsRequest,
      authQuery.QueryModuleAccountsResponse,
      (ctx) => ({
        accounts: Object.keys(keeper.modulePermissions)
          .sort()
          .map((name) => packAccount(findModule(ctx, name))),
      }),
    ),
    query(
      `${service}/ModuleAccountByName`,
      authQuery.QueryModuleAccountByNameRequest,
      authQuery.QueryModuleAccountByNameResponse,
      (ctx, { name }) => {
        if (name === '') queryInvalid('module name is empty');
        return { account: packAccount(findModule(ctx, name)) };
      },
    ),
    query(`${service}/Bech32Prefix`, authQuery.Bech32PrefixRequest, authQuery.Bech32PrefixResponse, () => ({
      bech32Prefix: addresses.prefix,
    })),
    query(
      `${service}/AddressBytesToString`,
      authQuery.AddressBytesToStringRequest,
      authQuery.AddressBytesToStringResponse,
      (_, { addressBytes }) => {
        if (addressBytes.length === 0) refuse('empty address bytes is not allowed');
        return { addressString: orRefuse(() => addresses.accountText(addressBytes), refuse) };
      },
    ),
    query(
      `${service}/AddressStringToBytes`,
      authQuery.AddressStringToBytesRequest,
      authQuery.AddressStringToBytesResponse,
      (_, { addressString }) => ({ addressBytes: orRefuse(() => addresses.account(addressString), refuse) }),
    ),
  ];
}

/** Plain errors of the SDK's handlers carry no gRPC status. */
function refuse(description: string): never {
  return fail(sdkErrors.invalidRequest, description);
}
