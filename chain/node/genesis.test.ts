import { fromBech32, toBech32 } from '@cosmjs/encoding';
import { coins } from '@cosmjs/proto-signing';
import { expect, test } from 'vitest';
import { addAccount, addValidator, bech32Prefix, buildGenesis, parseGenesis } from './genesis.ts';
import { parseCoins } from './genesisBank.ts';

const account = (id: number) => toBech32('infinet', new Uint8Array(20).fill(id));
const base = { chainId: 'c-1', prefix: 'infinet', denom: 'uinf', time: '2026-01-01T00:00:00Z' };
const validator = {
  moniker: 'v',
  account: fromBech32(account(1)).data,
  publicKey: new Uint8Array(32).fill(9),
  tokens: 400n,
};

test('bonding takes the tokens from the account, and the supply stays the sum of all balances', () => {
  const genesis = buildGenesis({
    ...base,
    accounts: [
      { address: account(1), coins: coins(1000, 'uinf') },
      { address: account(2), coins: [...coins(5, 'zeta'), ...coins(7, 'alpha')] },
    ],
    validators: [validator],
  });
  const { bank, staking } = genesis.app_state;
  // SHA-256("bonded_tokens_pool") as on every Cosmos chain: cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh.
  const pool = toBech32('infinet', fromBech32('cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh').data);
  expect(bank.balances).toEqual([
    { address: account(1), coins: coins(600, 'uinf') },
    { address: account(2), coins: [...coins(7, 'alpha'), ...coins(5, 'zeta')] },
    { address: pool, coins: coins(400, 'uinf') },
  ]);
  expect(bank.supply).toEqual([...coins(7, 'alpha'), ...coins(1000, 'uinf'), ...coins(5, 'zeta')]);
  expect(staking.delegations).toEqual([
    expect.objectContaining({ delegator_address: account(1), shares: `400.${'0'.repeat(18)}` }),
  ]);
});

test('an account twice and a validator without the tokens are refused by address', () => {
  const genesis = buildGenesis({ ...base, accounts: [{ address: account(1), coins: coins(399, 'uinf') }] });
  expect(() => addAccount(genesis, { address: account(1), coins: [] })).toThrow(`already has an account ${account(1)}`);
  expect(() => addValidator(genesis, validator)).toThrow(`${account(1)} holds 399uinf, less than 400uinf`);
});

test('the prefix is the declared one, else the one of the first account', () => {
  const genesis = buildGenesis({ ...base, accounts: [{ address: account(1), coins: [] }] });
  expect(bech32Prefix(genesis)).toBe('infinet');
  const { infinet: _, ...rest } = genesis.app_state;
  expect(bech32Prefix({ ...genesis, app_state: rest })).toBe('infinet');
  const none = { ...genesis, app_state: { ...rest, auth: { accounts: [] } } };
  expect(() => bech32Prefix(none)).toThrow('neither app_state.infinet.bech32_prefix nor an account');
});

test.each([
  [{}, 'g.json: chain_id'],
  [{ chain_id: 'a b', genesis_time: '', initial_height: '1', app_state: {} }, 'g.json: chain_id: must be 1 to 50'],
  [{ chain_id: 'c', genesis_time: '', initial_height: '1', app_state: {} }, 'g.json: app_state.auth'],
])('a genesis that lacks a part is refused with its path (%#)', (value, complaint) => {
  expect(() => parseGenesis(value, 'g.json')).toThrow(complaint);
});

test('amounts of the command line are whole numbers with a denom', () => {
  expect(parseCoins('007uinf, 5atom')).toEqual([
    { amount: '7', denom: 'uinf' },
    { amount: '5', denom: 'atom' },
  ]);
  for (const wrong of ['', '5', 'uinf', '-5uinf', '1.5uinf', '5uinf,']) {
    expect(() => parseCoins(wrong)).toThrow('is not an amount such as 1000000uinf');
  }
});
