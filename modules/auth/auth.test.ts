import { describe, expect, test } from 'vitest';
import { authQuery, authTx, auth as authTypes } from '../../sdk/codec/index.ts';
import {
  account,
  accountText,
  addresses,
  ask,
  blockContext,
  broken,
  createFixture,
  dump,
  refusal,
  run,
} from '../bank/fixture.ts';
import { unpackAccount } from './account.ts';
import { moduleAddress } from './keeper.ts';
import { msgUpdateParams } from './messages.ts';
import { defaultParams } from './params.ts';

const key = { typeUrl: '/cosmos.crypto.secp256k1.PubKey', value: Uint8Array.of(10, 33, ...new Uint8Array(33).fill(2)) };

function base(byte: number, number: number, pubKey: unknown = null) {
  return {
    '@type': '/cosmos.auth.v1beta1.BaseAccount',
    address: accountText(byte),
    pub_key: pubKey,
    account_number: String(number),
    sequence: '0',
  };
}

function genesis(accounts: unknown[] = [base(1, 0), base(2, 0)]) {
  const fixture = createFixture();
  const ctx = blockContext(fixture.state, 0n);
  fixture.auth.module.initGenesis?.(ctx, { accounts });
  return { ...fixture, ctx };
}

describe('accounts', () => {
  test('lie under the SDK’s keys (cosmos-sdk v0.50, x/auth/types/keys.go)', () => {
    const { state } = genesis([base(1, 0)]);
    const stored = dump(state, 'acc');
    const address = '01'.repeat(20);
    expect(stored['02']).toBe('0000000000000002');
    expect(stored[`${Buffer.from('accountNumber').toString('hex')}0000000000000000`]).toBe(address);
    const any = `0a20${Buffer.from('/cosmos.auth.v1beta1.BaseAccount').toString('hex')}`;
    const text = Buffer.from(accountText(1)).toString('hex');
    const length = (text.length / 2).toString(16);
    expect(stored[`01${address}`]).toBe(`${any}12${(text.length / 2 + 2).toString(16)}0a${length}${text}`);
    expect(stored['00']).toBe('0880021007180a20ce0428e807');
  });

  test('numbers given twice in a genesis are replaced by the lowest free ones, as in the SDK', () => {
    const { auth, ctx } = genesis([base(1, 5), base(2, 0), base(3, 5), base(4, 0)]);
    const numbers = [1, 2, 3, 4].map((byte) => auth.keeper.get(ctx, account(byte))?.accountNumber);
    expect(numbers).toEqual([5n, 0n, 2n, 1n]);
    expect(auth.keeper.create(ctx, account(9)).accountNumber).toBe(7n);
    expect(broken(ctx, auth.module)).toEqual([]);
  });

  test('take a key once and count what they sign', () => {
    const { auth, ctx } = genesis();
    auth.keeper.setPubKey(ctx, account(1), key);
    auth.keeper.incrementSequence(ctx, account(1));
    auth.keeper.incrementSequence(ctx, account(1));
    expect(auth.keeper.get(ctx, account(1))).toMatchObject({ pubKey: key, sequence: 2n, accountNumber: 0n });
    expect(() => auth.keeper.incrementSequence(ctx, account(9))).toThrow('does not exist');
    expect(broken(ctx, auth.module)).toEqual([]);
  });

  test('a remembered account never outlives a dropped branch', () => {
    const { auth, ctx } = genesis();
    auth.keeper.get(ctx, account(1));
    expect(() =>
      ctx.isolated((branch) => {
        auth.keeper.incrementSequence(branch, account(1));
        expect(auth.keeper.get(branch, account(1))?.sequence).toBe(1n);
        throw new Error('dropped');
      }),
    ).toThrow('dropped');
    expect(auth.keeper.get(ctx, account(1))?.sequence).toBe(0n);
  });

  test('one signed tx costs the gas of the SDK’s accesses: two reads, the index anew, the account', () => {
    const { auth, state } = genesis();
    const stored = dump(state, 'acc')[`01${'01'.repeat(20)}`] ?? '';
    const before = BigInt(stored.length / 2);
    const after = before + 2n;
    const metered = blockContext(state);
    auth.keeper.incrementSequence(metered, account(1));
    const reads = 2n * (1000n + 3n * (21n + before));
    const index = 1000n + 1000n + (2000n + 30n * (21n + 20n));
    const write = 2000n + 30n * (21n + after);
    expect(metered.gas.consumed).toBe(reads + index + write);
  });

  test('module accounts have the address that the SDK derives', () => {
    // Address of fee_collector on every Cosmos chain: cosmos17xpfvakm2amg962yls6f84z3kell8c5lserqta.
    expect(Buffer.from(moduleAddress('fee_collector')).toString('hex')).toBe(
      'f1829676db577682e944fc3493d451b67ff3e29f',
    );
    const { auth, ctx } = genesis();
    expect(auth.keeper.moduleAccount(ctx, 'rewards').module).toEqual({
      name: 'rewards',
      permissions: ['minter', 'burner'],
    });
    expect(() => auth.keeper.moduleAddress('nothing')).toThrow('does not exist');
  });
});

describe('genesis', () => {
  test('what is exported is read back to the same state', () => {
    const { auth, state, ctx } = genesis([
      base(1, 3, { '@type': key.typeUrl, key: Buffer.alloc(33, 2).toString('base64') }),
      base(2, 0, {
        '@type': '/cosmos.crypto.multisig.LegacyAminoPubKey',
        threshold: 1,
        public_keys: [{ '@type': key.typeUrl, key: Buffer.alloc(33, 3).toString('base64') }],
      }),
    ]);
    auth.keeper.moduleAccount(ctx, 'rewards');
    const again = createFixture();
    const exported: unknown = JSON.parse(JSON.stringify(auth.module.exportGenesis?.(ctx)));
    again.auth.module.initGenesis?.(blockContext(again.state, 0n), exported);
    expect(dump(again.state, 'acc')).toEqual(dump(state, 'acc'));
  });

  test.each([
    [
      { accounts: [{ '@type': '/cosmos.vesting.v1beta1.DelayedVestingAccount' }] },
      'app_state.auth.accounts[0].@type: unknown account type /cosmos.vesting.v1beta1.DelayedVestingAccount',
    ],
    [{ accounts: [{ '@type': '/x.Y' }] }, 'app_state.auth.accounts[0].@type: unknown account type /x.Y'],
    [{ accounts: [base(1, 0), base(1, 1)] }, 'app_state.auth: duplicate account found in genesis state'],
    [
      { accounts: [{ ...base(1, 0), sequence: '-1' }] },
      'app_state.auth.accounts[0].sequence: not an unsigned 64-bit integer',
    ],
    [
      { accounts: [base(1, 0, { '@type': key.typeUrl, key: 'AAAA' })] },
      'app_state.auth.accounts[0].pub_key.key: a key of 3 bytes, must be 33',
    ],
    [
      {
        params: {
          max_memo_characters: '0',
          tx_sig_limit: '7',
          tx_size_cost_per_byte: '10',
          sig_verify_cost_ed25519: '590',
          sig_verify_cost_secp256k1: '1000',
        },
      },
      'app_state.auth.params: invalid max memo characters: 0',
    ],
    ['text', 'app_state.auth: not an object'],
  ])('a wrong one is refused with the path: %j', (value, problem) => {
    const { auth, state } = createFixture();
    expect(() => auth.module.initGenesis?.(blockContext(state, 0n), value)).toThrow(problem);
  });
});

describe('queries', () => {
  const service = '/cosmos.auth.v1beta1.Query';

  test('Account and AccountInfo', () => {
    const { auth, ctx } = genesis();
    auth.keeper.setPubKey(ctx, account(1), key);
    const request = authQuery.QueryAccountRequest.encode({ address: accountText(1) }).finish();
    const { account: any } = authQuery.QueryAccountResponse.decode(
      ask(ctx, auth.module, `${service}/Account`, request),
    );
    expect(any?.typeUrl).toBe('/cosmos.auth.v1beta1.BaseAccount');
    expect(authTypes.BaseAccount.decode(any?.value ?? new Uint8Array())).toMatchObject({
      address: accountText(1),
      pubKey: key,
    });
    const info = authQuery.QueryAccountInfoResponse.decode(
      ask(ctx, auth.module, `${service}/AccountInfo`, request),
    ).info;
    expect(info).toMatchObject({ address: accountText(1), accountNumber: 0n, pubKey: key });
  });

  test('an account that is not there is the SDK’s NotFound, which CosmJS looks for', () => {
    const { auth, ctx } = genesis();
    const ask9 = (address: string) =>
      refusal(() =>
        ask(ctx, auth.module, `${service}/Account`, authQuery.QueryAccountRequest.encode({ address }).finish()),
      );
    expect(ask9(accountText(9))).toBe(
      `sdk 22: rpc error: code = NotFound desc = account ${accountText(9)} not found: key not found`,
    );
    expect(ask9('')).toBe('sdk 18: rpc error: code = InvalidArgument desc = Address cannot be empty: invalid request');
  });

  test('ModuleAccounts lists all by name and writes none', () => {
    const { auth, ctx, state } = genesis();
    const before = dump(state, 'acc');
    const { accounts } = authQuery.QueryModuleAccountsResponse.decode(
      ask(ctx, auth.module, `${service}/ModuleAccounts`, new Uint8Array()),
    );
    expect(accounts.map((any) => unpackAccount(any).module?.name)).toEqual([
      'bonded_tokens_pool',
      'fee_collector',
      'not_bonded_tokens_pool',
      'rewards',
    ]);
    expect(dump(state, 'acc')).toEqual(before);
  });

  test('Accounts by pages, addresses both ways, the prefix', () => {
    const { auth, ctx } = genesis();
    const page = authQuery.QueryAccountsRequest.fromPartial({ pagination: { limit: 2n } });
    const { accounts, pagination } = authQuery.QueryAccountsResponse.decode(
      ask(ctx, auth.module, `${service}/Accounts`, authQuery.QueryAccountsRequest.encode(page).finish()),
    );
    expect(accounts).toHaveLength(2);
    expect(pagination?.nextKey).toEqual(moduleAddress('fee_collector'));
    const toText = authQuery.AddressBytesToStringRequest.encode({ addressBytes: account(1) }).finish();
    expect(
      authQuery.AddressBytesToStringResponse.decode(ask(ctx, auth.module, `${service}/AddressBytesToString`, toText))
        .addressString,
    ).toBe(accountText(1));
    expect(
      authQuery.Bech32PrefixResponse.decode(ask(ctx, auth.module, `${service}/Bech32Prefix`, new Uint8Array()))
        .bech32Prefix,
    ).toBe('infinet');
  });
});

test('only governance replaces the parameters, and never by ones that stop the chain', () => {
  const { auth, ctx, authority } = genesis();
  const update = (by: string, txSigLimit: bigint) =>
    authTx.MsgUpdateParams.encode({ authority: by, params: { ...defaultParams, txSigLimit } }).finish();
  const gov = addresses.accountText(authority);
  expect(refusal(() => run(ctx, auth.module, msgUpdateParams.typeUrl, update(accountText(1), 3n)))).toMatch(
    /^undefined 1: /,
  );
  expect(refusal(() => run(ctx, auth.module, msgUpdateParams.typeUrl, update(gov, 0n)))).toMatch(
    /invalid tx signature limit: 0/,
  );
  run(ctx, auth.module, msgUpdateParams.typeUrl, update(gov, 3n));
  expect(auth.keeper.params(ctx).txSigLimit).toBe(3n);
});
