import { describe, expect, test } from 'vitest';
import type { Context } from '../../chain/context.ts';
import { feegrant, feegrantQuery, feegrantTx, type protoAny } from '../../sdk/codec/index.ts';
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
import { allowedMessagesUrl, basicUrl, packAllowance, periodicUrl, readAllowance } from './allowance.ts';
import { createFeegrant } from './index.ts';

const start = 1_700_000_000n;
const uinf = (amount: string) => [{ denom: 'uinf', amount }];
const send = [{ typeUrl: '/cosmos.bank.v1beta1.MsgSend' }];
const at = (seconds: bigint) => ({ seconds: start + seconds, nanos: 0 });

function setUp() {
  const fixture = createFixture();
  const { module, keeper } = createFeegrant({ addresses, accounts: fixture.auth.keeper, bank: fixture.bank.keeper });
  const ctx = (seconds = 0n) => blockContext(fixture.state, 1n, start + seconds);
  fixture.auth.module.initGenesis?.(ctx(), {});
  fixture.auth.keeper.create(ctx(), account(2));
  return { ...fixture, module, keeper, ctx };
}

function basic(
  spendLimit: { denom: string; amount: string }[],
  expiration?: { seconds: bigint; nanos: number },
): protoAny.Any {
  return { typeUrl: basicUrl, value: feegrant.BasicAllowance.encode({ spendLimit, expiration }).finish() };
}

function periodic(limit: string, total: string, period = 100n): protoAny.Any {
  const message: feegrant.PeriodicAllowance = {
    basic: { spendLimit: total === '' ? [] : uinf(total) },
    period: { seconds: period, nanos: 0 },
    periodSpendLimit: uinf(limit),
    periodCanSpend: uinf(limit),
    periodReset: at(period),
  };
  return { typeUrl: periodicUrl, value: feegrant.PeriodicAllowance.encode(message).finish() };
}

function only(allowance: protoAny.Any, ...allowedMessages: string[]): protoAny.Any {
  const message = { allowance, allowedMessages };
  return { typeUrl: allowedMessagesUrl, value: feegrant.AllowedMsgAllowance.encode(message).finish() };
}

type Setup = ReturnType<typeof setUp>;

function grant({ module }: Setup, ctx: Context, allowance: protoAny.Any | undefined, grantee = accountText(2)): void {
  const message = { granter: accountText(1), grantee, allowance };
  run(ctx, module, '/cosmos.feegrant.v1beta1.MsgGrantAllowance', feegrantTx.MsgGrantAllowance.encode(message).finish());
}

function revoke({ module }: Setup, ctx: Context, granter = accountText(1)): void {
  const message = { granter, grantee: accountText(2) };
  run(
    ctx,
    module,
    '/cosmos.feegrant.v1beta1.MsgRevokeAllowance',
    feegrantTx.MsgRevokeAllowance.encode(message).finish(),
  );
}

/** What using the grant says: `ok`, or the refusal. The state keeps only what went well, as in the ante handler. */
function use({ keeper }: Setup, ctx: Context, amount: string, messages = send): string {
  const work = () => ctx.isolated((branch) => keeper.use(branch, account(1), account(2), uinf(amount), messages));
  const text = refusal(work);
  return text === 'not refused' ? 'ok' : text;
}

describe('a basic allowance', () => {
  test('pays fees up to its limit, then is gone', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), basic(uinf('10')));
    expect(use(setup, setup.ctx(), '11')).toBe('feegrant 2: basic allowance: fee limit exceeded');
    expect(use(setup, setup.ctx(), '4')).toBe('ok');
    expect(use(setup, setup.ctx(), '7')).toMatch(/^feegrant 2/);
    const ctx = setup.ctx();
    expect(use(setup, ctx, '6')).toBe('ok');
    expect(ctx.log.events.map(({ type }) => type)).toEqual(['revoke_feegrant', 'use_feegrant']);
    expect(use(setup, setup.ctx(), '1')).toBe('sdk 38: fee-grant not found: not found');
  });

  test('pays other denominations only without a limit', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), basic([]));
    expect(use(setup, setup.ctx(), '1000000')).toBe('ok');
    revoke(setup, setup.ctx());
    grant(setup, setup.ctx(), basic([{ denom: 'atom', amount: '5' }]));
    expect(use(setup, setup.ctx(), '1')).toMatch(/^feegrant 2/);
  });

  test('ends with its time, but not before', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), basic([], at(50n)));
    expect(use(setup, setup.ctx(50n), '1')).toBe('ok');
    expect(use(setup, setup.ctx(51n), '1')).toBe('feegrant 3: basic allowance: fee allowance expired');
  });
});

describe('a periodic allowance', () => {
  test('is filled up when its period ends, never above what is left in all', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), periodic('10', '25'));
    expect(use(setup, setup.ctx(10n), '10')).toBe('ok');
    expect(use(setup, setup.ctx(99n), '1')).toBe('feegrant 2: period limit: fee limit exceeded');
    expect(use(setup, setup.ctx(100n), '10')).toBe('ok');
    // Two periods later it starts anew from now on, with the 5 that are left.
    expect(use(setup, setup.ctx(350n), '6')).toMatch(/^feegrant 2/);
    expect(use(setup, setup.ctx(350n), '4')).toBe('ok');
    const left = setup.keeper.allowance(setup.ctx(), account(1), account(2));
    expect(left).toMatchObject({ periodReset: (start + 450n) * 1_000_000_000n, basic: { spendLimit: uinf('1') } });
    expect(use(setup, setup.ctx(351n), '1')).toBe('ok');
    expect(use(setup, setup.ctx(352n), '0')).toMatch(/^sdk 38/);
  });
});

describe('an allowance for some messages', () => {
  test('pays for these alone, at gas a name', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), only(basic(uinf('10')), '/cosmos.bank.v1beta1.MsgSend', '/x.Other'));
    const refused = use(setup, setup.ctx(), '1', [...send, { typeUrl: '/cosmos.bank.v1beta1.MsgMultiSend' }]);
    expect(refused).toBe('feegrant 7: message does not exist in allowed messages: message not allowed');
    expect(use(setup, setup.ctx(), '10')).toBe('ok');
    expect(use(setup, setup.ctx(), '1')).toMatch(/^sdk 38/);
  });
});

describe('granting', () => {
  test.each([
    ['to oneself', basic([]), accountText(1), 'sdk 7: cannot self-grant'],
    ['nothing', undefined, accountText(2), 'feegrant 5: failed to get allowance'],
    ['a limit of zero', basic(uinf('0')), accountText(2), 'sdk 10: send amount is invalid: 0uinf'],
    ['a limit below zero', basic(uinf('-1')), accountText(2), 'sdk 10: send amount is invalid'],
    ['a limit that is no number', basic(uinf('1.5')), accountText(2), 'sdk 2: '],
    ['what has ended', basic([], at(-1n)), accountText(2), 'sdk 18: expiration is before current block time'],
    [
      'a time before 1970',
      basic([], { seconds: -1n, nanos: 0 }),
      accountText(2),
      'feegrant 4: expiration time cannot be negative',
    ],
    ['a time that none is', basic([], { seconds: 1n << 60n, nanos: 0 }), accountText(2), 'sdk 2: timestamp'],
    [
      'a period without a limit',
      { typeUrl: periodicUrl, value: new Uint8Array() },
      accountText(2),
      'sdk 10: spend limit must be positive',
    ],
    ['a period backwards', periodic('1', '', -5n), accountText(2), 'feegrant 4: negative clock step'],
    [
      'a period of other coins',
      {
        ...periodic('1', '5'),
        value: feegrant.PeriodicAllowance.encode({
          basic: { spendLimit: uinf('5') },
          period: { seconds: 1n, nanos: 0 },
          periodSpendLimit: [{ denom: 'atom', amount: '1' }],
          periodCanSpend: [],
          periodReset: at(1n),
        }).finish(),
      },
      accountText(2),
      'sdk 10: period spend limit has different currency',
    ],
    ['for no message', only(basic([])), accountText(2), "feegrant 6: allowed messages shouldn't be empty"],
    [
      'some other type',
      { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: new Uint8Array() },
      accountText(2),
      'sdk 2: no concrete type',
    ],
    [
      'to a module',
      basic([]),
      addresses.accountText(Uint8Array.from(createFixture().auth.keeper.moduleAddress('rewards'))),
      'sdk 4: ',
    ],
  ])('is refused: %s', (_name, allowance, grantee, text) => {
    const setup = setUp();
    expect(refusal(() => grant(setup, setup.ctx(), allowance, grantee))).toContain(text);
  });

  test('makes an account for a grantee that has none, once for each pair', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), basic([]), accountText(3));
    expect(setup.auth.keeper.get(setup.ctx(), account(3))).toBeDefined();
    expect(refusal(() => grant(setup, setup.ctx(), basic([]), accountText(3)))).toBe(
      'sdk 18: fee allowance already exists: invalid request',
    );
  });

  test('lays keys and values out as the SDK does', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), basic(uinf('1'), at(50n)));
    const [two, one] = [`14${'02'.repeat(20)}`, `14${'01'.repeat(20)}`];
    const time = Buffer.from('2023-11-14T22:14:10.000000000').toString('hex');
    const state = dump(setup.state, 'feegrant');
    expect(Object.keys(state)).toEqual([`00${two}${one}`, `01${time}${two}${one}`]);
    expect(state[`01${time}${two}${one}`]).toBe('');
    expect(packAllowance(readAllowance({ typeUrl: periodicUrl, value: new Uint8Array() })).value).toEqual(
      Uint8Array.from(Buffer.from('0a0012002a0b088092b8c398feffffff01', 'hex')),
    );
  });
});

describe('what has ended', () => {
  test('is removed at the end of the block and by anybody', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), basic([], at(5n)));
    setup.module.endBlock?.(setup.ctx(5n));
    expect(Object.keys(dump(setup.state, 'feegrant'))).toHaveLength(2);
    const ctx = setup.ctx(6n);
    const prune = feegrantTx.MsgPruneAllowances.encode({ pruner: accountText(9) }).finish();
    run(ctx, setup.module, '/cosmos.feegrant.v1beta1.MsgPruneAllowances', prune);
    expect(Object.keys(dump(setup.state, 'feegrant'))).toEqual([]);
    expect(ctx.log.events).toEqual([
      { type: 'prune_feegrant', attributes: [{ key: 'pruner', value: accountText(9) }] },
    ]);
  });

  test('does not take a later grant of the same pair with it', () => {
    const setup = setUp();
    grant(setup, setup.ctx(), basic([], at(5n)));
    revoke(setup, setup.ctx());
    grant(setup, setup.ctx(), basic([]));
    setup.module.endBlock?.(setup.ctx(6n));
    expect(use(setup, setup.ctx(6n), '1')).toBe('ok');
  });
});

test('revoking what was never granted is refused', () => {
  const setup = setUp();
  expect(refusal(() => revoke(setup, setup.ctx()))).toBe('sdk 38: fee-grant not found: not found');
  expect(refusal(() => revoke(setup, setup.ctx(), accountText(2)))).toMatch(/^sdk 7: addresses must be different/);
});

test('grants are listed by grantee and by granter', () => {
  const setup = setUp();
  grant(setup, setup.ctx(), basic([]));
  grant(setup, setup.ctx(), periodic('1', '5'), accountText(3));
  const { QueryAllowancesByGranterRequest, QueryAllowancesByGranterResponse } = feegrantQuery;
  const given = QueryAllowancesByGranterRequest.encode({ granter: accountText(1) }).finish();
  const path = '/cosmos.feegrant.v1beta1.Query';
  const answer = QueryAllowancesByGranterResponse.decode(
    ask(setup.ctx(), setup.module, `${path}/AllowancesByGranter`, given),
  );
  expect(answer.allowances.map(({ grantee }) => grantee)).toEqual([accountText(2), accountText(3)]);
  const taken = feegrantQuery.QueryAllowancesRequest.encode({ grantee: accountText(3) }).finish();
  const mine = feegrantQuery.QueryAllowancesResponse.decode(
    ask(setup.ctx(), setup.module, `${path}/Allowances`, taken),
  );
  expect(mine.allowances.map(({ granter }) => granter)).toEqual([accountText(1)]);
  const one = feegrantQuery.QueryAllowanceRequest.encode({ granter: accountText(4), grantee: accountText(2) }).finish();
  expect(refusal(() => ask(setup.ctx(), setup.module, `${path}/Allowance`, one))).toContain(
    'fee-grant not found: not found',
  );
});

test('genesis comes back as it was exported, and keeps the invariants', () => {
  const setup = setUp();
  grant(setup, setup.ctx(), only(periodic('1', '5'), '/a.B'));
  grant(setup, setup.ctx(), basic(uinf('7'), at(50n)), accountText(3));
  const exported = setup.module.exportGenesis?.(setup.ctx());
  const copy = setUp();
  copy.module.initGenesis?.(copy.ctx(), JSON.parse(JSON.stringify(exported)));
  expect(dump(copy.state, 'feegrant')).toEqual(dump(setup.state, 'feegrant'));
  expect(broken(copy.ctx(), copy.module)).toEqual([]);
  expect(() => setUp().module.initGenesis?.(copy.ctx(), { allowances: [{ granter: 'x' }] })).toThrow(
    'app_state.feegrant.allowances[0].granter',
  );
});
