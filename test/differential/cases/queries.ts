import { moduleAddress } from '../../../modules/auth/keeper.ts';
import { authQuery, bankQuery, baseQuery, stakingQuery } from '../../../sdk/codec/index.ts';
import { addresses, denom, keyOf } from '../keys.ts';
import type { World } from '../world.ts';

type Bytes = Uint8Array;

/** Every query of the modules in scope, with good and bad requests, pages in all ways, heights and proofs. */
export async function queryCases(world: World): Promise<void> {
  const ask = (method: string, data: Bytes, note = '') => world.query(`${method}${note}`, method, data);
  const none = new Uint8Array();
  const texts = [
    keyOf('a1').text,
    keyOf('never').text,
    '',
    ' ',
    'bob',
    keyOf('a1').operator,
    keyOf('a1').text.toUpperCase(),
  ];
  const modules = addresses.accountText(moduleAddress('gov'));

  for (const [index, address] of [...texts, modules].entries()) {
    const note = ` of address ${index}`;
    await ask(`${auth}/Account`, authQuery.QueryAccountRequest.encode({ address }).finish(), note);
    await ask(`${auth}/AccountInfo`, authQuery.QueryAccountInfoRequest.encode({ address }).finish(), note);
    const balance = (name: string) => bankQuery.QueryBalanceRequest.encode({ address, denom: name }).finish();
    await ask(`${bank}/Balance`, balance(denom), note);
    await ask(`${bank}/Balance`, balance('1'), `${note}, bad denom`);
    await ask(`${bank}/Balance`, balance(''), `${note}, no denom`);
    await ask(`${bank}/Balance`, balance('nothing'), `${note}, unknown denom`);
    await ask(`${bank}/SpendableBalanceByDenom`, balance(denom), note);
    await ask(
      `${staking}/DelegatorDelegations`,
      stakingQuery.QueryDelegatorDelegationsRequest.encode({ delegatorAddr: address }).finish(),
      note,
    );
    await ask(
      `${staking}/DelegatorUnbondingDelegations`,
      stakingQuery.QueryDelegatorUnbondingDelegationsRequest.encode({ delegatorAddr: address }).finish(),
      note,
    );
    await ask(
      `${staking}/DelegatorValidators`,
      stakingQuery.QueryDelegatorValidatorsRequest.encode({ delegatorAddr: address }).finish(),
      note,
    );
    await ask(
      `${staking}/Redelegations`,
      stakingQuery.QueryRedelegationsRequest.encode({
        delegatorAddr: address,
        srcValidatorAddr: '',
        dstValidatorAddr: '',
      }).finish(),
      note,
    );
    for (const validatorAddr of [keyOf('val0').operator, keyOf('never').operator, '', 'val', keyOf('val0').text]) {
      const pair = { delegatorAddr: address, validatorAddr };
      const both = `${note}, validator ${validatorAddr.slice(0, 20)}`;
      await ask(`${staking}/Delegation`, stakingQuery.QueryDelegationRequest.encode(pair).finish(), both);
      await ask(
        `${staking}/UnbondingDelegation`,
        stakingQuery.QueryUnbondingDelegationRequest.encode(pair).finish(),
        both,
      );
      await ask(
        `${staking}/DelegatorValidator`,
        stakingQuery.QueryDelegatorValidatorRequest.encode(pair).finish(),
        both,
      );
    }
  }
  for (const validatorAddr of [
    keyOf('val0').operator,
    keyOf('a11').operator,
    keyOf('never').operator,
    '',
    'val',
    keyOf('val0').text,
  ]) {
    const note = ` of ${validatorAddr.slice(0, 20)}`;
    await ask(`${staking}/Validator`, stakingQuery.QueryValidatorRequest.encode({ validatorAddr }).finish(), note);
    await ask(
      `${staking}/ValidatorDelegations`,
      stakingQuery.QueryValidatorDelegationsRequest.encode({ validatorAddr }).finish(),
      note,
    );
    await ask(
      `${staking}/ValidatorUnbondingDelegations`,
      stakingQuery.QueryValidatorUnbondingDelegationsRequest.encode({ validatorAddr }).finish(),
      note,
    );
    await ask(
      `${staking}/Redelegations`,
      stakingQuery.QueryRedelegationsRequest.encode({
        delegatorAddr: '',
        srcValidatorAddr: validatorAddr,
        dstValidatorAddr: '',
      }).finish(),
      note,
    );
  }
  for (const status of [
    '',
    'BOND_STATUS_BONDED',
    'BOND_STATUS_UNBONDING',
    'BOND_STATUS_UNBONDED',
    'BONDED',
    'bonded',
  ]) {
    await ask(`${staking}/Validators`, stakingQuery.QueryValidatorsRequest.encode({ status }).finish(), ` ${status}`);
  }
  for (const height of [0n, 1n, 5n, world.height, world.height - 3n, world.height + 5n, -1n]) {
    const data = stakingQuery.QueryHistoricalInfoRequest.encode({ height }).finish();
    await ask(`${staking}/HistoricalInfo`, data, ` ${height - world.height}`);
  }
  for (const method of [
    `${auth}/Params`,
    `${auth}/ModuleAccounts`,
    `${auth}/Bech32Prefix`,
    `${bank}/Params`,
    `${staking}/Params`,
    `${staking}/Pool`,
  ]) {
    await ask(method, none);
  }
  for (const name of ['fee_collector', 'gov', 'nobody', '']) {
    await ask(
      `${auth}/ModuleAccountByName`,
      authQuery.QueryModuleAccountByNameRequest.encode({ name }).finish(),
      ` ${name}`,
    );
  }
  for (const accountId of [0n, 5n, 505n, 99_999n]) {
    await ask(
      `${auth}/AccountAddressByID`,
      authQuery.QueryAccountAddressByIDRequest.encode({ id: 0n, accountId }).finish(),
      ` ${accountId}`,
    );
  }
  for (const name of [denom, 'zzz', 'aaa', 'foo/bar', 'nothing', '1', '']) {
    await ask(`${bank}/SupplyOf`, bankQuery.QuerySupplyOfRequest.encode({ denom: name }).finish(), ` ${name}`);
    await ask(
      `${bank}/DenomMetadata`,
      bankQuery.QueryDenomMetadataRequest.encode({ denom: name }).finish(),
      ` ${name}`,
    );
    await ask(
      `${bank}/DenomMetadataByQueryString`,
      bankQuery.QueryDenomMetadataByQueryStringRequest.encode({ denom: name }).finish(),
      ` ${name}`,
    );
    await ask(
      `${bank}/SendEnabled`,
      bankQuery.QuerySendEnabledRequest.encode({ denoms: [name, 'locked'] }).finish(),
      ` ${name}`,
    );
  }
  await pages(world, ask);
  await stores(world);

  for (const path of [
    '',
    '/',
    'x',
    '/x',
    '/app',
    '/app/x',
    '/app/version',
    '/store',
    '/store/bank',
    '/store/bank/x',
    '/store/bank/subspace',
    '/store/bank/key/x',
    '/store//key',
    'store/bank/key',
    '/app/simulate',
    '/app/version/x',
    '/p2p/filter',
    '/p2p/filter/id/abc',
    '/p2p/other/addr/1',
    '/p2p/filter/addr/1/2',
    '/cosmos.consensus.v1.Query/Params',
    '/cosmos.upgrade.v1beta1.Query/CurrentPlan',
    '/cosmos.upgrade.v1beta1.Query/AppliedPlan',
    '/cosmos.upgrade.v1beta1.Query/Authority',
    '/store/x/key',
    '/p2p',
    '/p2p/filter/addr/1',
    '/custom/x',
    '/cosmos.bank.v1beta1.Query/Nothing',
    '/cosmos.nothing.Query/X',
    '/cosmos.bank.v1beta1.Query',
    'cosmos.bank.v1beta1.Query/Params',
  ]) {
    await world.query(`path ${path}`, path, none);
  }
  const subspaces: Record<string, Uint8Array> = {
    'all supplies': Uint8Array.of(0),
    'no prefix': new Uint8Array(),
    'a prefix of nothing': Uint8Array.of(250),
    'a denom`s metadata': Uint8Array.of(1),
  };
  for (const [name, data] of Object.entries(subspaces)) {
    for (const prove of [false, true]) {
      const at = { height: world.height - 1n, prove };
      await world.query(`subspace of ${name}${prove ? ', proven' : ''}`, '/store/bank/subspace', data, at);
    }
  }
  await world.query('a broken request', `${bank}/Balance`, Uint8Array.of(10, 200));
  await world.query('an unknown field in a request', `${bank}/Params`, Uint8Array.of(0x78, 1));
  for (const height of [1n, 2n, world.height, world.height + 1n, world.height + 1000n, -1n]) {
    const data = bankQuery.QuerySupplyOfRequest.encode({ denom }).finish();
    await world.query(`a query at ${height - world.height}`, `${bank}/SupplyOf`, data, { height });
    await world.query(`a proven query at ${height - world.height}`, `${bank}/SupplyOf`, data, { height, prove: true });
  }
}

type Ask = (method: string, data: Bytes, note?: string) => Promise<unknown>;

async function pages(world: World, ask: Ask): Promise<void> {
  const requests: Record<string, Partial<baseQuery.PageRequest>> = {
    'no page': {},
    'limit 3': { limit: 3n },
    'limit 3, total': { limit: 3n, countTotal: true },
    'limit 1': { limit: 1n },
    'limit 1000': { limit: 1000n },
    'limit 2^64-1': { limit: (1n << 64n) - 1n },
    'offset 2': { offset: 2n },
    'offset 2, limit 2': { offset: 2n, limit: 2n },
    'offset 2, limit 2, total': { offset: 2n, limit: 2n, countTotal: true },
    'offset 10000': { offset: 10_000n },
    'offset 10000, total': { offset: 10_000n, limit: 2n, countTotal: true },
    'key and offset': { key: Uint8Array.of(1), offset: 1n },
    'an odd key': { key: Uint8Array.of(1), limit: 2n },
    'a high key': { key: Uint8Array.of(255, 255), limit: 2n },
    'an odd key, total': { key: Uint8Array.of(1), limit: 2n, countTotal: true },
    reverse: { reverse: true },
    'reverse, limit 2': { reverse: true, limit: 2n },
    'reverse, offset 1, limit 2, total': { reverse: true, offset: 1n, limit: 2n, countTotal: true },
    'reverse, odd key': { reverse: true, key: Uint8Array.of(200), limit: 2n },
  };
  const [holder, stranger] = [keyOf('a1').text, keyOf('never').text];
  const validatorAddr = keyOf('val0').operator;
  const methods: Record<string, (pagination: baseQuery.PageRequest | undefined) => Bytes> = {
    [`${auth}/Accounts`]: (pagination) => authQuery.QueryAccountsRequest.encode({ pagination }).finish(),
    [`${bank}/AllBalances`]: (pagination) =>
      bankQuery.QueryAllBalancesRequest.encode({ address: holder, pagination, resolveDenom: false }).finish(),
    [`${bank}/AllBalances#resolved`]: (pagination) =>
      bankQuery.QueryAllBalancesRequest.encode({ address: holder, pagination, resolveDenom: true }).finish(),
    [`${bank}/AllBalances#stranger`]: (pagination) =>
      bankQuery.QueryAllBalancesRequest.encode({ address: stranger, pagination, resolveDenom: false }).finish(),
    [`${bank}/SpendableBalances`]: (pagination) =>
      bankQuery.QuerySpendableBalancesRequest.encode({ address: holder, pagination }).finish(),
    [`${bank}/TotalSupply`]: (pagination) => bankQuery.QueryTotalSupplyRequest.encode({ pagination }).finish(),
    [`${bank}/DenomsMetadata`]: (pagination) => bankQuery.QueryDenomsMetadataRequest.encode({ pagination }).finish(),
    [`${bank}/DenomOwners`]: (pagination) =>
      bankQuery.QueryDenomOwnersRequest.encode({ denom: 'zzz', pagination }).finish(),
    [`${bank}/DenomOwnersByQuery`]: (pagination) =>
      bankQuery.QueryDenomOwnersByQueryRequest.encode({ denom: 'nothing', pagination }).finish(),
    [`${bank}/SendEnabled`]: (pagination) =>
      bankQuery.QuerySendEnabledRequest.encode({ denoms: [], pagination }).finish(),
    [`${staking}/Validators`]: (pagination) =>
      stakingQuery.QueryValidatorsRequest.encode({ status: '', pagination }).finish(),
    [`${staking}/Validators#bonded`]: (pagination) =>
      stakingQuery.QueryValidatorsRequest.encode({ status: 'BOND_STATUS_BONDED', pagination }).finish(),
    [`${staking}/ValidatorDelegations`]: (pagination) =>
      stakingQuery.QueryValidatorDelegationsRequest.encode({ validatorAddr, pagination }).finish(),
    [`${staking}/DelegatorDelegations`]: (pagination) =>
      stakingQuery.QueryDelegatorDelegationsRequest.encode({ delegatorAddr: keyOf('val0').text, pagination }).finish(),
  };
  for (const [method, encode] of Object.entries(methods)) {
    const [path = '', variant = ''] = method.split('#');
    await ask(path, encode(undefined), ` ${variant}, page absent`);
    for (const [name, page] of Object.entries(requests)) {
      await ask(path, encode(baseQuery.PageRequest.fromPartial(page)), ` ${variant}, ${name}`);
    }
  }
  // Pages by the key of the page before.
  const first = await world.query(
    'a first page',
    `${bank}/AllBalances`,
    methods[`${bank}/AllBalances`]?.(baseQuery.PageRequest.fromPartial({ limit: 2n })) ?? new Uint8Array(),
  );
  const { pagination } = bankQuery.QueryAllBalancesResponse.decode(first.value);
  const key = pagination?.nextKey ?? new Uint8Array();
  for (const page of [
    { key, limit: 2n },
    { key, limit: 2n, countTotal: true },
    { key, limit: 2n, reverse: true },
    { key },
  ]) {
    await world.query(
      'a page by key',
      `${bank}/AllBalances`,
      methods[`${bank}/AllBalances`]?.(baseQuery.PageRequest.fromPartial(page)) ?? new Uint8Array(),
    );
  }
}

/** Raw keys with proofs: of bank's and auth's stores, whose trees are the same on both chains. */
async function stores(world: World): Promise<void> {
  const holder = keyOf('a1').address;
  const keys: Record<string, readonly [store: string, key: Bytes]> = {
    'an account': ['acc', Uint8Array.from([1, ...holder])],
    'no account': ['acc', Uint8Array.from([1, ...keyOf('never').address])],
    'the parameters of auth': ['acc', Uint8Array.of(0)],
    'a key before all': ['acc', Uint8Array.of(0, 0)],
    'a key after all': ['acc', Uint8Array.of(255, 255)],
    'a balance': ['bank', Uint8Array.from([2, holder.length, ...holder, ...Buffer.from(denom)])],
    'no balance': ['bank', Uint8Array.from([2, holder.length, ...holder, ...Buffer.from('nothing')])],
    'a supply': ['bank', Uint8Array.from([0, ...Buffer.from(denom)])],
    'an empty key': ['bank', new Uint8Array()],
    'a validator': ['staking', Uint8Array.from([0x21, 20, ...keyOf('val0').address])],
  };
  for (const [name, [store, key]] of Object.entries(keys)) {
    for (const height of [0n, 1n, 2n, world.height - 1n, world.height, world.height + 5n]) {
      const at = height === 0n ? 0n : height - world.height;
      await world.query(`store: ${name} at ${at}`, `/store/${store}/key`, key, { height });
      await world.query(`store: ${name} at ${at}, proven`, `/store/${store}/key`, key, { height, prove: true });
    }
  }
}

const auth = '/cosmos.auth.v1beta1.Query';
const bank = '/cosmos.bank.v1beta1.Query';
const staking = '/cosmos.staking.v1beta1.Query';
