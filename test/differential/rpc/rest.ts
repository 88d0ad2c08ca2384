import { createHash } from 'node:crypto';
import { z } from 'zod';
import { moduleAddress } from '../../../modules/auth/keeper.ts';
import { addresses, denom, keyOf } from '../keys.ts';
import { type Node, owner, user } from './nodes.ts';
import { type Answers, to } from './txs.ts';

/** Routes whose whole answer is the same on every chain with these accounts and txs. */
const exact: readonly string[] = [
  `/cosmos/bank/v1beta1/balances/${to.text}`,
  `/cosmos/bank/v1beta1/balances/${to.text}?pagination.limit=1&pagination.count_total=true`,
  `/cosmos/bank/v1beta1/balances/${to.text}/by_denom?denom=${denom}`,
  `/cosmos/bank/v1beta1/balances/${to.text}/by_denom`,
  `/cosmos/bank/v1beta1/spendable_balances/${to.text}`,
  `/cosmos/bank/v1beta1/spendable_balances/${to.text}/by_denom?denom=none`,
  '/cosmos/bank/v1beta1/balances/bob',
  '/cosmos/bank/v1beta1/denoms_metadata/none',
  '/cosmos/bank/v1beta1/params',
  '/cosmos/bank/v1beta1/send_enabled',
  '/cosmos/bank/v1beta1/denom_owners_by_query?denom=none',
  '/cosmos/bank/v1beta1/denom_owners/none',
  '/cosmos/auth/v1beta1/params',
  '/cosmos/auth/v1beta1/bech32',
  `/cosmos/auth/v1beta1/bech32/${user.text}`,
  `/cosmos/auth/v1beta1/accounts/${keyOf('never').text}`,
  '/cosmos/auth/v1beta1/accounts/bob',
  `/cosmos/feegrant/v1beta1/allowances/${to.text}`,
  `/cosmos/feegrant/v1beta1/issued/${to.text}`,
  `/cosmos/feegrant/v1beta1/allowance/${user.text}/${to.text}`,
  `/cosmos/staking/v1beta1/delegations/${user.text}`,
  `/cosmos/staking/v1beta1/delegators/${user.text}/unbonding_delegations`,
  `/cosmos/staking/v1beta1/delegators/${user.text}/redelegations`,
  `/cosmos/staking/v1beta1/delegators/${user.text}/validators`,
  `/cosmos/staking/v1beta1/validators/${keyOf('never').operator}`,
  `/cosmos/staking/v1beta1/validators/${owner.operator}/delegations/${user.text}`,
  '/cosmos/staking/v1beta1/validators?status=BOND_STATUS_UNBONDED',
  '/cosmos/staking/v1beta1/validators?status=x',
  '/cosmos/upgrade/v1beta1/current_plan',
  '/cosmos/upgrade/v1beta1/applied_plan/none',
  `/cosmos/slashing/v1beta1/signing_infos/${addresses.consensusText(createHash('sha256').update('x').digest().subarray(0, 20))}`,
  '/cosmos/tx/v1beta1/txs/00',
  '/cosmos/tx/v1beta1/txs/zz',
  '/cosmos/tx/v1beta1/txs',
  '/cosmos/base/tendermint/v1beta1/syncing',
  '/cosmos/base/tendermint/v1beta1/blocks/0',
  '/cosmos/base/tendermint/v1beta1/blocks/x',
  '/cosmos/nothing',
];

/** Routes whose values are a chain's own: the fields and their kinds are the same. */
const alike: readonly string[] = [
  `/cosmos/auth/v1beta1/accounts/${user.text}`,
  `/cosmos/auth/v1beta1/account_info/${user.text}`,
  `/cosmos/auth/v1beta1/accounts/${addresses.accountText(moduleAddress('bonded_tokens_pool'))}`,
  '/cosmos/auth/v1beta1/module_accounts/bonded_tokens_pool',
  '/cosmos/bank/v1beta1/supply',
  `/cosmos/bank/v1beta1/supply/by_denom?denom=${denom}`,
  `/cosmos/bank/v1beta1/denom_owners/${denom}?pagination.limit=1`,
  `/cosmos/bank/v1beta1/denom_owners_by_query?denom=${denom}&pagination.limit=1`,
  '/cosmos/staking/v1beta1/validators',
  '/cosmos/staking/v1beta1/validators?status=BOND_STATUS_BONDED&pagination.limit=300',
  `/cosmos/staking/v1beta1/validators/${owner.operator}/delegations`,
  `/cosmos/staking/v1beta1/delegations/${owner.text}`,
  '/cosmos/staking/v1beta1/pool',
  '/cosmos/staking/v1beta1/params',
  '/cosmos/slashing/v1beta1/params',
  '/cosmos/slashing/v1beta1/signing_infos',
  '/cosmos/consensus/v1/params',
  '/cosmos/upgrade/v1beta1/module_versions',
  '/cosmos/upgrade/v1beta1/authority',
  '/cosmos/base/node/v1beta1/config',
  '/cosmos/base/node/v1beta1/status',
  '/cosmos/base/tendermint/v1beta1/node_info',
  '/cosmos/base/tendermint/v1beta1/blocks/latest',
  '/cosmos/base/tendermint/v1beta1/blocks/1',
  '/cosmos/base/tendermint/v1beta1/validatorsets/latest',
  '/cosmos/base/tendermint/v1beta1/validatorsets/2',
  '/cosmos/base/reflection/v1beta1/interfaces/cosmos.auth.v1beta1.AccountI/implementations',
  `/cosmos/tx/v1beta1/txs?query=message.sender='${user.text}'&limit=1&order_by=ORDER_BY_DESC`,
  '/cosmos/tx/v1beta1/txs/block/1',
];

/** What wallets and explorers ask over REST; `hash` is that of a tx in a block. */
export async function askRest(node: Node, hash: string, answers: Answers): Promise<void> {
  const ask = async (path: string, init?: RequestInit): Promise<[number, unknown]> => {
    const response = await fetch(`http://127.0.0.1:${node.rest}${path}`, init);
    return [response.status, await response.json()];
  };
  for (const path of exact) answers.set(`REST ${path}`, await ask(path));
  for (const path of alike) {
    const [status, body] = await ask(path);
    answers.set(`REST, its form: ${path}`, [status, formOf(body)]);
  }
  const [status, body] = await ask(`/cosmos/tx/v1beta1/txs/${hash}`);
  answers.set('REST, its form: a tx by its hash', [status, formOf(body)]);
  for (const path of ['/cosmos/tx/v1beta1/simulate', '/cosmos/tx/v1beta1/txs', '/cosmos/tx/v1beta1/decode']) {
    answers.set(`REST POST ${path} of nothing`, await ask(path, { method: 'POST', body: '{}' }));
  }
  const at = { headers: { 'x-cosmos-block-height': '1' } };
  answers.set('REST at height 1', await ask(`/cosmos/bank/v1beta1/balances/${to.text}`, at));
  const future = { headers: { 'x-cosmos-block-height': '900000' } };
  const [refused, { message }] = z
    .tuple([z.number(), z.looseObject({ message: z.string() })])
    .parse(await ask(`/cosmos/bank/v1beta1/balances/${to.text}`, future));
  answers.set('REST at a height of the future', [refused, message.replace(/latest height: \d+/, 'latest height')]);
}

/** The fields of an answer and the kinds of their values, of lists the first entry; names of types stay. */
export function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [formOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, /^@type$|^type_url$/.test(name) ? inner : formOf(inner)]),
  );
}
