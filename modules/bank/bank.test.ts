import { describe, expect, test } from 'vitest';
import { bankTx } from '../../sdk/codec/index.ts';
import { account, accountText, addresses, blockContext, broken, createFixture, dump, refusal, run } from './fixture.ts';
import { msgMultiSend, msgSend, msgSetSendEnabled, msgUpdateParams } from './messages.ts';

const largest = ((1n << 256n) - 1n).toString();

/** Accounts 1 and 2 hold coins; nobody else exists. */
function genesis() {
  const fixture = createFixture();
  const ctx = blockContext(fixture.state, 0n);
  fixture.auth.module.initGenesis?.(ctx, {
    accounts: [1, 2].map((byte) => ({
      '@type': '/cosmos.auth.v1beta1.BaseAccount',
      address: accountText(byte),
      pub_key: null,
      account_number: '0',
      sequence: '0',
    })),
  });
  fixture.bank.module.initGenesis?.(ctx, {
    params: { send_enabled: [], default_send_enabled: true },
    balances: [
      {
        address: accountText(1),
        coins: [
          { denom: 'abc', amount: '50' },
          { denom: 'uinf', amount: '1000' },
        ],
      },
      { address: accountText(2), coins: [{ denom: 'uinf', amount: '7' }] },
    ],
    send_enabled: [{ denom: 'frozen', enabled: false }],
  });
  return fixture;
}

function send(from: number, to: string, amount: { denom: string; amount: string }[]): Uint8Array {
  return bankTx.MsgSend.encode({ fromAddress: accountText(from), toAddress: to, amount }).finish();
}

const uinf = (amount: string) => [{ denom: 'uinf', amount }];

describe('MsgSend', () => {
  test('moves coins and tells of it in the SDK’s events and order', () => {
    const { bank, state } = genesis();
    const ctx = blockContext(state);
    run(ctx, bank.module, msgSend.typeUrl, send(1, accountText(2), uinf('100')));
    expect(bank.keeper.balance(ctx, account(1), 'uinf')).toBe(900n);
    expect(bank.keeper.balance(ctx, account(2), 'uinf')).toBe(107n);
    expect(
      ctx.log.events.map(({ type, attributes }) => [type, ...attributes.map(({ key, value }) => `${key}=${value}`)]),
    ).toEqual([
      ['coin_spent', `spender=${accountText(1)}`, 'amount=100uinf'],
      ['coin_received', `receiver=${accountText(2)}`, 'amount=100uinf'],
      ['transfer', `recipient=${accountText(2)}`, `sender=${accountText(1)}`, 'amount=100uinf'],
      ['message', `sender=${accountText(1)}`],
    ]);
  });

  test('a recipient that no one knew gets an account', () => {
    const { bank, auth, state } = genesis();
    const ctx = blockContext(state);
    run(ctx, bank.module, msgSend.typeUrl, send(1, accountText(9), uinf('1')));
    expect(auth.keeper.get(ctx, account(9))).toEqual({
      address: accountText(9),
      accountNumber: 3n,
      sequence: 0n,
      pubKey: undefined,
    });
    expect(broken(ctx, bank.module, auth.module)).toEqual([]);
  });

  test('sending everything leaves no entry behind', () => {
    const { bank, state } = genesis();
    const ctx = blockContext(state);
    run(ctx, bank.module, msgSend.typeUrl, send(2, accountText(1), uinf('7')));
    const keys = Object.keys(dump(state, 'bank')).filter((key) => key.includes('02'.repeat(20)));
    expect(keys).toEqual([]);
  });

  test.each([
    ['zero', uinf('0'), 'sdk 10: 0uinf: invalid coins'],
    ['negative', uinf('-5'), 'sdk 10: -5uinf: invalid coins'],
    ['none', [], 'sdk 10: : invalid coins'],
    ['absent', uinf(''), 'sdk 10: amount of uinf is missing: invalid coins'],
    ['2^256-1', uinf(largest), `sdk 5: spendable balance 1000uinf is smaller than ${largest}uinf: insufficient funds`],
    ['not a number', uinf('1.5'), 'sdk 2: amount of uinf: not an integer: "1.5": tx parse error'],
    [
      'one more than there is',
      uinf('1001'),
      'sdk 5: spendable balance 1000uinf is smaller than 1001uinf: insufficient funds',
    ],
    [
      'of a denomination not held',
      [{ denom: 'xyz', amount: '1' }],
      'sdk 5: spendable balance 0xyz is smaller than 1xyz: insufficient funds',
    ],
    ['of an invalid denomination', [{ denom: '1!', amount: '1' }], 'sdk 10: 11!: invalid coins'],
    ['unsorted', [...uinf('1'), { denom: 'abc', amount: '1' }], 'sdk 10: 1uinf,1abc: invalid coins'],
    ['twice the same', [...uinf('1'), ...uinf('1')], 'sdk 10: 1uinf,1uinf: invalid coins'],
    [
      'of a frozen denomination',
      [{ denom: 'frozen', amount: '1' }],
      'bank 5: frozen transfers are currently disabled: send transactions are disabled',
    ],
  ])('an amount that is %s is refused and nothing is written', (_, amount, expected) => {
    const { bank, state } = genesis();
    const before = dump(state, 'bank');
    const ctx = blockContext(state);
    expect(refusal(() => run(ctx, bank.module, msgSend.typeUrl, send(1, accountText(2), amount)))).toBe(expected);
    expect(dump(state, 'bank')).toEqual(before);
    expect(ctx.log.events).toEqual([]);
  });

  test('a balance that would pass 256 bits is the SDK’s panic', () => {
    const { bank, state } = genesis();
    const ctx = blockContext(state);
    state.store('bank').set(`\x02\x14${'\x02'.repeat(20)}uinf`, Buffer.from(largest));
    expect(refusal(() => run(ctx, bank.module, msgSend.typeUrl, send(1, accountText(2), uinf('1'))))).toBe(
      'undefined 111222: Int overflow: panic',
    );
  });

  test('module accounts take no coins from messages', () => {
    const { bank, state, auth } = genesis();
    const pool = addresses.accountText(auth.keeper.moduleAddress('fee_collector'));
    expect(refusal(() => run(blockContext(state), bank.module, msgSend.typeUrl, send(1, pool, uinf('1'))))).toBe(
      `sdk 4: ${pool} is not allowed to receive funds: unauthorized`,
    );
  });

  test('addresses of another chain are refused', () => {
    const { bank, state } = genesis();
    const other = 'cosmos1qyqszqgpqyqszqgpqyqszqgpqyqszqgpjnp7du';
    expect(refusal(() => run(blockContext(state), bank.module, msgSend.typeUrl, send(1, other, uinf('1'))))).toMatch(
      /^sdk 7: invalid to address: /,
    );
  });
});

describe('MsgMultiSend', () => {
  const outputs = [
    { address: accountText(2), coins: uinf('30') },
    { address: accountText(9), coins: uinf('70') },
  ];
  const multi = (inputs: bankTx.MsgMultiSend['inputs'], to: bankTx.MsgMultiSend['outputs']) =>
    bankTx.MsgMultiSend.encode({ inputs, outputs: to }).finish();
  const input = { address: accountText(1), coins: uinf('100') };

  test('pays several from one', () => {
    const { bank, state } = genesis();
    const ctx = blockContext(state);
    run(ctx, bank.module, msgMultiSend.typeUrl, multi([input], outputs));
    expect([1, 2, 9].map((byte) => bank.keeper.balance(ctx, account(byte), 'uinf'))).toEqual([900n, 37n, 70n]);
    expect(ctx.log.events.map(({ type }) => type)).toEqual([
      'coin_spent',
      'message',
      'coin_received',
      'transfer',
      'coin_received',
      'transfer',
    ]);
    expect(broken(ctx, bank.module)).toEqual([]);
  });

  test.each([
    ['no input', [], outputs, 'bank 2: no inputs to send transaction'],
    ['two inputs', [input, input], outputs, 'bank 9: multiple senders not allowed'],
    ['no output', [input], [], 'bank 3: no outputs to send transaction'],
    ['unequal sums', [input], outputs.slice(1), 'bank 4: sum inputs != sum outputs'],
    ['an empty output', [input], [...outputs, { address: accountText(3), coins: [] }], 'sdk 10: : invalid coins'],
    [
      'sums beyond 256 bits',
      [input],
      [{ ...outputs[0], coins: uinf(largest) }, outputs[1]],
      'undefined 111222: Int overflow: panic',
    ],
  ])('%s: %4$s', (_, inputs, to, expected) => {
    const { bank, state } = genesis();
    const message = multi(inputs, to as bankTx.MsgMultiSend['outputs']);
    expect(refusal(() => run(blockContext(state), bank.module, msgMultiSend.typeUrl, message))).toBe(expected);
  });
});

describe('parameters', () => {
  test('only governance changes what may be sent', () => {
    const { bank, state, authority } = genesis();
    const ctx = blockContext(state);
    const gov = addresses.accountText(authority);
    const stop = (by: string) =>
      bankTx.MsgSetSendEnabled.encode({
        authority: by,
        sendEnabled: [{ denom: 'uinf', enabled: false }],
        useDefaultFor: ['frozen'],
      }).finish();
    expect(refusal(() => run(ctx, bank.module, msgSetSendEnabled.typeUrl, stop(accountText(1))))).toBe(
      `gov 13: invalid authority; expected ${gov}, got ${accountText(1)}: expected gov account as only signer for proposal message`,
    );
    run(ctx, bank.module, msgSetSendEnabled.typeUrl, stop(gov));
    expect(refusal(() => run(ctx, bank.module, msgSend.typeUrl, send(1, accountText(2), uinf('1'))))).toMatch(
      /^bank 5/,
    );
    expect(bank.keeper.sendEnabled(ctx, 'frozen')).toBeUndefined();
    const off = { authority: gov, params: { sendEnabled: [], defaultSendEnabled: false } };
    run(ctx, bank.module, msgUpdateParams.typeUrl, bankTx.MsgUpdateParams.encode(off).finish());
    const abc = send(1, accountText(2), [{ denom: 'abc', amount: '1' }]);
    expect(refusal(() => run(ctx, bank.module, msgSend.typeUrl, abc))).toMatch(/^bank 5/);
  });
});
