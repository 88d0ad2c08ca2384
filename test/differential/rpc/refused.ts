import {
  authQuery,
  bankQuery,
  type baseQuery,
  feegrantQuery,
  slashingQuery,
  stakingQuery,
  txService,
} from '../../../sdk/codec/index.ts';
import { keyOf } from '../keys.ts';
import { grpc, type Node, owner, user } from './nodes.ts';
import type { Answers } from './txs.ts';

type Encoded = { finish(): Uint8Array };

const never = keyOf('never');
const badPage = (): baseQuery.PageRequest => ({
  key: Uint8Array.of(1),
  offset: 5n,
  limit: 0n,
  countTotal: false,
  reverse: false,
});

/** Questions that are refused, with a status that clients act upon and a text that they show. */
function refused(): [path: string, name: string, request: Encoded][] {
  const found: [string, string, Encoded][] = [];
  const add = (path: string, name: string, request: Encoded) => found.push([`/cosmos.${path}`, name, request]);
  for (const [name, address] of Object.entries({ nothing: '', 'no address': 'bob', 'an operator': owner.operator })) {
    add('auth.v1beta1.Query/Account', name, authQuery.QueryAccountRequest.encode({ address }));
    add('auth.v1beta1.Query/AccountInfo', name, authQuery.QueryAccountInfoRequest.encode({ address }));
    add('bank.v1beta1.Query/Balance', name, bankQuery.QueryBalanceRequest.encode({ address, denom: 'stake' }));
    const all = { address, pagination: undefined, resolveDenom: false };
    add('bank.v1beta1.Query/AllBalances', name, bankQuery.QueryAllBalancesRequest.encode(all));
    const spendable = { address, pagination: undefined };
    add('bank.v1beta1.Query/SpendableBalances', name, bankQuery.QuerySpendableBalancesRequest.encode(spendable));
    const grantee = { grantee: address, pagination: undefined };
    add('feegrant.v1beta1.Query/Allowances', name, feegrantQuery.QueryAllowancesRequest.encode(grantee));
    const delegator = { delegatorAddr: address, pagination: undefined };
    add(
      'staking.v1beta1.Query/DelegatorDelegations',
      name,
      stakingQuery.QueryDelegatorDelegationsRequest.encode(delegator),
    );
    const one = { delegatorAddr: user.text, validatorAddr: address };
    add('staking.v1beta1.Query/Delegation', name, stakingQuery.QueryDelegationRequest.encode(one));
  }
  for (const [name, address] of Object.entries({ nothing: '', 'no address': 'val', nobody: never.operator })) {
    add('staking.v1beta1.Query/Validator', name, stakingQuery.QueryValidatorRequest.encode({ validatorAddr: address }));
    const to = { validatorAddr: address, pagination: undefined };
    add('staking.v1beta1.Query/ValidatorDelegations', name, stakingQuery.QueryValidatorDelegationsRequest.encode(to));
    const info = { consAddress: address };
    add('slashing.v1beta1.Query/SigningInfo', name, slashingQuery.QuerySigningInfoRequest.encode(info));
  }
  const { text: address } = user;
  add('auth.v1beta1.Query/Account', 'nobody', authQuery.QueryAccountRequest.encode({ address: never.text }));
  for (const denom of ['1', 'a b']) {
    add('bank.v1beta1.Query/Balance', `"${denom}"`, bankQuery.QueryBalanceRequest.encode({ address, denom }));
    add('bank.v1beta1.Query/SupplyOf', `"${denom}"`, bankQuery.QuerySupplyOfRequest.encode({ denom }));
    add('bank.v1beta1.Query/DenomMetadata', `"${denom}"`, bankQuery.QueryDenomMetadataRequest.encode({ denom }));
    const owners = { denom, pagination: undefined };
    add('bank.v1beta1.Query/DenomOwners', `"${denom}"`, bankQuery.QueryDenomOwnersRequest.encode(owners));
  }
  const paged = { address, pagination: badPage(), resolveDenom: false };
  add('bank.v1beta1.Query/AllBalances', 'a key and an offset', bankQuery.QueryAllBalancesRequest.encode(paged));
  const supply = { pagination: badPage() };
  add('bank.v1beta1.Query/TotalSupply', 'a key and an offset', bankQuery.QueryTotalSupplyRequest.encode(supply));
  const validators = { status: '', pagination: badPage() };
  add(
    'staking.v1beta1.Query/Validators',
    'a key and an offset',
    stakingQuery.QueryValidatorsRequest.encode(validators),
  );
  const unknown = { status: 'x', pagination: undefined };
  add('staking.v1beta1.Query/Validators', 'no status', stakingQuery.QueryValidatorsRequest.encode(unknown));
  const pair = { granter: address, grantee: never.text };
  add('feegrant.v1beta1.Query/Allowance', 'no allowance', feegrantQuery.QueryAllowanceRequest.encode(pair));
  add(
    'auth.v1beta1.Query/ModuleAccountByName',
    'no module',
    authQuery.QueryModuleAccountByNameRequest.encode({ name: 'x' }),
  );
  add(
    'auth.v1beta1.Query/AddressStringToBytes',
    'nothing',
    authQuery.AddressStringToBytesRequest.encode({ addressString: '' }),
  );
  for (const hash of ['', 'zz', '00'])
    add('tx.v1beta1.Service/GetTx', `"${hash}"`, txService.GetTxRequest.encode({ hash }));
  const empty = txService.SimulateRequest.encode({ tx: undefined, txBytes: new Uint8Array() });
  add('tx.v1beta1.Service/Simulate', 'nothing', empty);
  return found;
}

export async function askRefused(node: Node, answers: Answers): Promise<void> {
  for (const [path, name, request] of refused()) {
    const answer = await grpc(node, path, request.finish()).then(
      (bytes) => bytes.toString('hex'),
      (error: unknown) => String(error),
    );
    answers.set(`gRPC ${path} of ${name}`, answer);
  }
}
