import { authQuery, bankQuery, feegrantQuery, slashingQuery, stakingQuery } from '../../../sdk/codec/index.ts';
import { type Group, groupText } from '../group.ts';
import { consensusAddress, denom, type Key, keyOf } from '../keys.ts';
import { delegate, send } from '../messages.ts';
import { Numbers } from '../numbers.ts';
import type { World } from '../world.ts';
import type { Cast } from './randomMessages.ts';
import { randomTx } from './randomTx.ts';

const accounts: readonly [Key, ...Key[]] = [
  keyOf('a700'),
  ...Array.from({ length: 15 }, (_, at) => keyOf(`a${701 + at}`)),
];
const operators: readonly [Key, ...Key[]] = [keyOf('val0'), keyOf('val1'), keyOf('a700'), keyOf('a701'), keyOf('a702')];
const members = [keyOf('a720'), keyOf('a721'), keyOf('a722')];
const groups: readonly [Group, ...Group[]] = [
  { threshold: 2, members },
  { threshold: 1, members: [members[2] ?? keyOf('a722'), { threshold: 1, members }] },
];

/**
 * A random chain from a seed: good and bad txs of all modules that are compared, several a block, with jumps in time, validators
 * that are absent or sign twice, and all that an account is asked for after every few blocks.
 */
export async function randomMix(world: World, seed: number, steps: number): Promise<void> {
  const numbers = new Numbers(seed);
  const cast: Cast = {
    numbers,
    accounts,
    operators,
    unbondings: [],
    now: () => world.time / 1_000_000_000n,
    height: () => world.height,
  };
  const [first] = accounts;
  await world.send('mix: groups get coins', {
    signers: [first],
    messages: groups.map((group) => send(first, groupText(group), `70000000${denom}`)),
  });
  for (const key of accounts) {
    await world.tx('mix: a first delegation', {
      signers: [key],
      messages: [
        delegate(key, numbers.pick([keyOf('val0'), keyOf('val1')]).operator, `${1 + numbers.next(90_000_000)}${denom}`),
      ],
    });
  }
  await world.block();
  for (let step = 0; step < steps; step++) {
    await randomTx(world, cast, groups, step);
    if (numbers.once(3)) await randomBlock(world, numbers);
    if (numbers.once(12)) await look(world, numbers.pick(accounts), step);
  }
  await world.block();
  for (const key of accounts) await look(world, key, steps);
  await world.query('mix: validators', '/cosmos.staking.v1beta1.Query/Validators', new Uint8Array());
  await world.query('mix: pool', '/cosmos.staking.v1beta1.Query/Pool', new Uint8Array());
  await world.query('mix: supply', '/cosmos.bank.v1beta1.Query/TotalSupply', new Uint8Array());
  const infos = slashingQuery.QuerySigningInfosRequest.encode({ pagination: undefined }).finish();
  await world.query('mix: signing infos', '/cosmos.slashing.v1beta1.Query/SigningInfos', infos);
}

async function randomBlock(world: World, numbers: Numbers): Promise<void> {
  if (numbers.once(10)) world.asleep(numbers.once(2) ? [] : [consensusAddress(numbers.pick(['val1', 'mix a700']))]);
  // The SDK halts at evidence of somebody unknown, so it is of one who is there from genesis on.
  if (numbers.once(60)) world.accuse(consensusAddress('val1'), BigInt(1 + numbers.next(50)), world.height - 1n);
  await world.block(numbers.once(25) ? numbers.pick([3600n, 90_000n, 1_814_400n]) : 5n);
}

/** Everything that a wallet shows of an account. */
async function look(world: World, { text, operator }: Key, step: number): Promise<void> {
  const pagination = undefined;
  const ask = (name: string, path: string, data: { finish(): Uint8Array }) =>
    world.query(`mix ${step}: ${name}`, path, data.finish());
  const [bank, staking, feegrant] = ['bank', 'staking', 'feegrant'].map((name) => `/cosmos.${name}.v1beta1.Query`);
  await ask('account', '/cosmos.auth.v1beta1.Query/Account', authQuery.QueryAccountRequest.encode({ address: text }));
  const balances = { address: text, pagination, resolveDenom: false };
  await ask('balances', `${bank}/AllBalances`, bankQuery.QueryAllBalancesRequest.encode(balances));
  const delegator = { delegatorAddr: text, pagination };
  await ask(
    'delegations',
    `${staking}/DelegatorDelegations`,
    stakingQuery.QueryDelegatorDelegationsRequest.encode(delegator),
  );
  await ask(
    'unbondings',
    `${staking}/DelegatorUnbondingDelegations`,
    stakingQuery.QueryDelegatorUnbondingDelegationsRequest.encode(delegator),
  );
  const moved = { delegatorAddr: text, srcValidatorAddr: '', dstValidatorAddr: '', pagination };
  await ask('redelegations', `${staking}/Redelegations`, stakingQuery.QueryRedelegationsRequest.encode(moved));
  await ask(
    'own validator',
    `${staking}/Validator`,
    stakingQuery.QueryValidatorRequest.encode({ validatorAddr: operator }),
  );
  await ask(
    'allowances',
    `${feegrant}/Allowances`,
    feegrantQuery.QueryAllowancesRequest.encode({ grantee: text, pagination }),
  );
}
