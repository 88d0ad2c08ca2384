import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coinsOf } from '../../chain/math/coins.ts';
import { account, accountText, blockContext, broken, createFixture, dump, refusal } from './fixture.ts';

const hexText = (text: string) => Buffer.from(text).toString('hex');

function empty() {
  const fixture = createFixture();
  const ctx = blockContext(fixture.state, 0n);
  fixture.auth.module.initGenesis?.(ctx, {});
  fixture.bank.module.initGenesis?.(ctx, {});
  return { ...fixture, ctx };
}

describe('state', () => {
  test('lies under the SDK’s keys (cosmos-sdk v0.50, x/bank/types/keys.go)', () => {
    const { bank, state, ctx } = empty();
    bank.module.initGenesis?.(ctx, {
      balances: [{ address: accountText(1), coins: [{ denom: 'uinf', amount: '1234' }] }],
      send_enabled: [
        { denom: 'abc', enabled: true },
        { denom: 'xyz', enabled: false },
      ],
    });
    const address = '01'.repeat(20);
    expect(dump(state, 'bank')).toEqual({
      [`00${hexText('uinf')}`]: hexText('1234'),
      [`0214${address}${hexText('uinf')}`]: hexText('1234'),
      [`03${hexText('uinf')}0014${address}`]: '',
      [`04${hexText('abc')}`]: '0801',
      [`04${hexText('xyz')}`]: '',
      '05': '1001',
    });
  });

  test('what is exported is read back to the same state', () => {
    const { bank, state, ctx } = empty();
    bank.module.initGenesis?.(ctx, {
      params: { default_send_enabled: true },
      balances: [
        {
          address: accountText(1),
          coins: [
            { denom: 'abc', amount: '1' },
            { denom: 'uinf', amount: '1234' },
          ],
        },
      ],
      supply: [
        { denom: 'abc', amount: '1' },
        { denom: 'uinf', amount: '1234' },
      ],
      denom_metadata: [
        {
          description: 'the coin',
          denom_units: [
            { denom: 'uinf', exponent: 0, aliases: ['microinf'] },
            { denom: 'inf', exponent: 6 },
          ],
          base: 'uinf',
          display: 'inf',
          name: 'Infinet',
          symbol: 'INF',
        },
      ],
      send_enabled: [{ denom: 'abc', enabled: false }],
    });
    const again = createFixture();
    const exported: unknown = JSON.parse(JSON.stringify(bank.module.exportGenesis?.(ctx)));
    again.bank.module.initGenesis?.(blockContext(again.state, 0n), exported);
    expect(dump(again.state, 'bank')).toEqual(dump(state, 'bank'));
  });

  test.each([
    [{ balances: [{ address: 'nonsense', coins: [] }] }, 'app_state.bank.balances[0].address: '],
    [
      { balances: [{ address: accountText(1), coins: [{ denom: 'uinf', amount: 'x' }] }] },
      'app_state.bank.balances[0].coins[0].amount: not an integer',
    ],
    [
      { balances: [{ address: accountText(1), coins: [{ denom: 'uinf', amount: '-1' }] }] },
      'app_state.bank.balances[0].coins: coin -1uinf amount is not positive',
    ],
    [
      { balances: [1, 1].map((byte) => ({ address: accountText(byte), coins: [] })) },
      'app_state.bank.balances[1]: duplicate balance',
    ],
    [
      { supply: [{ denom: 'uinf', amount: '1' }] },
      'app_state.bank.supply: genesis supply is incorrect, expected 1uinf, got ',
    ],
    [{ params: [] }, 'app_state.bank.params: not an object'],
  ])('a wrong genesis is refused with the path: %j', (genesis, problem) => {
    const { bank, ctx } = empty();
    expect(() => bank.module.initGenesis?.(ctx, genesis)).toThrow(problem);
  });
});

describe('modules', () => {
  test('mint and burn change the supply and tell of it', () => {
    const { bank, ctx } = empty();
    bank.keeper.mint(ctx, 'rewards', coinsOf('uinf', 100n));
    bank.keeper.sendFromModule(ctx, 'rewards', account(1), coinsOf('uinf', 60n));
    bank.keeper.burn(ctx, 'rewards', coinsOf('uinf', 40n));
    expect(bank.keeper.supply(ctx, 'uinf')).toBe(60n);
    expect(broken(ctx, bank.module)).toEqual([]);
    expect(ctx.log.events.map(({ type }) => type)).toEqual([
      'coin_received',
      'coinbase',
      'coin_spent',
      'coin_received',
      'transfer',
      'message',
      'coin_spent',
      'burn',
    ]);
    bank.keeper.sendToModule(ctx, account(1), 'rewards', coinsOf('uinf', 60n));
    bank.keeper.burn(ctx, 'rewards', coinsOf('uinf', 60n));
    expect(bank.keeper.supply(ctx, 'uinf')).toBe(0n);
  });

  test('a module without the permission cannot mint, and cannot pay blocked accounts', () => {
    const { bank, ctx } = empty();
    expect(() => bank.keeper.mint(ctx, 'fee_collector', coinsOf('uinf', 1n))).toThrow('lacks the permission minter');
    expect(() => bank.keeper.mint(ctx, 'unknown', coinsOf('uinf', 1n))).toThrow(
      'module account unknown does not exist',
    );
    bank.keeper.mint(ctx, 'rewards', coinsOf('uinf', 1n));
    const pool = bank.keeper.moduleAddress('bonded_tokens_pool');
    expect(refusal(() => bank.keeper.sendFromModule(ctx, 'rewards', pool, coinsOf('uinf', 1n)))).toMatch(/^sdk 4: /);
  });

  test('the supply is what accounts hold, whatever is sent', () => {
    const amount = fc.bigInt(0n, 400n);
    const move = fc.oneof(
      fc.record({
        kind: fc.constant('send' as const),
        from: fc.integer({ min: 1, max: 4 }),
        to: fc.integer({ min: 1, max: 6 }),
        amount,
      }),
      fc.record({
        kind: fc.constant('many' as const),
        from: fc.integer({ min: 1, max: 4 }),
        to: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        amount,
      }),
      fc.record({ kind: fc.constantFrom('mint' as const, 'burn' as const), amount }),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const { bank, auth, ctx } = empty();
        bank.keeper.mint(ctx, 'rewards', coinsOf('uinf', 1000n));
        for (const byte of [1, 2, 3, 4])
          bank.keeper.sendFromModule(ctx, 'rewards', account(byte), coinsOf('uinf', 200n));
        let expected = 1000n;
        for (const step of moves) {
          const coins = coinsOf('uinf', step.amount);
          const outcome = refusal(() =>
            ctx.isolated((branch) => {
              if (step.kind === 'send') bank.keeper.sendCoins(branch, account(step.from), account(step.to), coins);
              else if (step.kind === 'many') {
                const outputs = step.to.map((byte) => ({ to: account(byte), coins }));
                const total = coinsOf('uinf', step.amount * BigInt(outputs.length));
                bank.keeper.sendToMany(branch, account(step.from), total, outputs);
              } else bank.keeper[step.kind](branch, 'rewards', coins);
            }),
          );
          if (outcome === 'not refused' && step.kind === 'mint') expected += step.amount;
          if (outcome === 'not refused' && step.kind === 'burn') expected -= step.amount;
          expect(broken(ctx, bank.module, auth.module)).toEqual([]);
        }
        expect(bank.keeper.supply(ctx, 'uinf')).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('invariants notice coins from nowhere', () => {
    const { bank, state, ctx } = empty();
    state.store('bank').set(`\x02\x14${'\x01'.repeat(20)}uinf`, Buffer.from('5'));
    expect(broken(ctx, bank.module)).toEqual(['bank/total-supply: accounts hold 5uinf, the supply is 0uinf']);
  });
});
