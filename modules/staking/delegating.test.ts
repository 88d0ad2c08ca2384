import { describe, expect, test } from 'vitest';
import { stakingTx } from '../../sdk/codec/index.ts';
import { account, accountText, broken, dump, refusal, run } from '../bank/fixture.ts';
import {
  createFixture,
  createValidator,
  delegate,
  endBlock,
  type Fixture,
  fortune,
  later,
  operatorText,
  unbondingSeconds,
  undelegate,
} from './fixture.ts';
import { msgBeginRedelegate, msgCancelUnbonding } from './messages.ts';

const million = 1_000_000n;

function problems(fixture: Fixture, height = 1n): string[] {
  return broken(later(fixture, height), fixture.bank.module, fixture.auth.module, fixture.staking.module);
}

describe('delegations', () => {
  function withValidators() {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 5n * million);
    createValidator(ctx, fixture, 2, 9n * million);
    endBlock(ctx, fixture);
    return fixture;
  }

  test('tell of themselves in the SDK’s events and order', () => {
    const fixture = withValidators();
    const ctx = later(fixture, 2n);
    delegate(ctx, fixture, 5, 1, '250');
    undelegate(ctx, fixture, 5, 1, '50');
    expect(ctx.log.events.map(({ type, attributes }) => [type, ...attributes.map(({ key }) => key)])).toEqual([
      ['coin_spent', 'spender', 'amount'],
      ['coin_received', 'receiver', 'amount'],
      ['delegate', 'validator', 'delegator', 'amount', 'new_shares'],
      ['coin_spent', 'spender', 'amount'],
      ['coin_received', 'receiver', 'amount'],
      ['transfer', 'recipient', 'sender', 'amount'],
      ['message', 'sender'],
      ['unbond', 'validator', 'delegator', 'amount', 'completion_time'],
    ]);
    expect(ctx.log.events[2]?.attributes[3]?.value).toBe('250.000000000000000000');
    expect(ctx.log.events[7]?.attributes[3]?.value).toBe('2023-11-14T22:15:00Z');
  });

  test('are paid back when the unbonding time is over, not a second before', () => {
    const fixture = withValidators();
    delegate(later(fixture, 2n), fixture, 5, 1, '1000');
    undelegate(later(fixture, 3n), fixture, 5, 1, '400');
    endBlock(later(fixture, 4n, unbondingSeconds - 1n), fixture);
    expect(fixture.bank.keeper.balance(later(fixture, 4n), account(5), 'uinf')).toBe(fortune - 1000n);
    const end = later(fixture, 5n, unbondingSeconds);
    endBlock(end, fixture);
    expect(fixture.bank.keeper.balance(end, account(5), 'uinf')).toBe(fortune - 600n);
    expect(end.log.events.at(-1)).toEqual({
      type: 'complete_unbonding',
      attributes: [
        { key: 'amount', value: '400uinf' },
        { key: 'validator', value: operatorText(1) },
        { key: 'delegator', value: accountText(5) },
      ],
    });
    expect(problems(fixture)).toEqual([]);
  });

  test.each([
    ['zero', '0', 'sdk 18: invalid delegation amount: invalid request'],
    ['negative', '-1', 'sdk 18: invalid delegation amount: invalid request'],
    ['absent', '', 'sdk 18: invalid delegation amount: invalid request'],
    [
      '2^256-1',
      ((1n << 256n) - 1n).toString(),
      'sdk 5: failed to delegate; 1000000000000uinf is smaller than 115792089237316195423570985008687907853269984665640564039457584007913129639935uinf: insufficient funds',
    ],
    ['no number', 'much', 'sdk 2: amount of uinf: not an integer: "much": tx parse error'],
  ])('of %s tokens are refused', (_, amount, expected) => {
    const fixture = withValidators();
    const before = dump(fixture.state, 'staking');
    expect(refusal(() => delegate(later(fixture, 2n), fixture, 5, 1, amount))).toBe(expected);
    expect(dump(fixture.state, 'staking')).toEqual(before);
  });

  test('to nobody, and more than there is back, are refused', () => {
    const fixture = withValidators();
    const ctx = later(fixture, 2n);
    expect(refusal(() => delegate(ctx, fixture, 5, 8, '1'))).toBe('staking 3: validator does not exist');
    expect(refusal(() => undelegate(ctx, fixture, 5, 1, '1'))).toBe(
      'staking 19: no delegation for (address, validator) tuple',
    );
    delegate(ctx, fixture, 5, 1, '100');
    expect(refusal(() => undelegate(ctx, fixture, 5, 1, '101'))).toBe('sdk 18: invalid shares amount: invalid request');
  });

  test('a fourth unbonding at a time is refused; two in one block are one', () => {
    const fixture = withValidators();
    delegate(later(fixture, 2n), fixture, 5, 1, '100');
    for (const height of [3n, 3n, 4n, 5n]) undelegate(later(fixture, height, height), fixture, 5, 1, '1');
    expect(refusal(() => undelegate(later(fixture, 6n, 6n), fixture, 5, 1, '1'))).toMatch(/^staking 27: /);
  });

  test('an unbonding can be called off', () => {
    const fixture = withValidators();
    delegate(later(fixture, 2n), fixture, 5, 1, '100');
    undelegate(later(fixture, 3n), fixture, 5, 1, '100');
    const cancel = (amount: string, creationHeight: bigint) =>
      run(
        later(fixture, 4n),
        fixture.staking.module,
        msgCancelUnbonding.typeUrl,
        stakingTx.MsgCancelUnbondingDelegation.encode({
          delegatorAddress: accountText(5),
          validatorAddress: operatorText(1),
          amount: { denom: 'uinf', amount },
          creationHeight,
        }).finish(),
      );
    expect(refusal(() => cancel('101', 3n))).toMatch(/^sdk 18: amount is greater/);
    expect(refusal(() => cancel('1', 2n))).toMatch(/^sdk 38: /);
    cancel('40', 3n);
    cancel('60', 3n);
    expect(problems(fixture)).toEqual([]);
    endBlock(later(fixture, 9n, unbondingSeconds), fixture);
    expect(fixture.bank.keeper.balance(later(fixture, 9n), account(5), 'uinf')).toBe(fortune - 100n);
  });

  test('below its own minimum a validator is jailed', () => {
    const fixture = withValidators();
    undelegate(later(fixture, 2n), fixture, 1, 1, (5n * million).toString());
    delegate(later(fixture, 2n), fixture, 5, 2, '1');
    expect(fixture.staking.keeper.validatorByOperator(later(fixture, 2n), account(1))?.jailed).toBe(true);
    expect(problems(fixture)).toEqual([]);
  });

  test('move to another validator at once, but not on from there', () => {
    const fixture = withValidators();
    createValidator(later(fixture, 2n), fixture, 3, 2n * million);
    endBlock(later(fixture, 2n), fixture);
    delegate(later(fixture, 3n), fixture, 5, 1, (3n * million).toString());
    const move = (from: number, to: number) =>
      run(
        later(fixture, 4n),
        fixture.staking.module,
        msgBeginRedelegate.typeUrl,
        stakingTx.MsgBeginRedelegate.encode({
          delegatorAddress: accountText(5),
          validatorSrcAddress: operatorText(from),
          validatorDstAddress: operatorText(to),
          amount: { denom: 'uinf', amount: million.toString() },
        }).finish(),
      );
    move(1, 2);
    expect(endBlock(later(fixture, 4n), fixture)).toEqual([
      [2, 10n],
      [1, 7n],
    ]);
    expect(refusal(() => move(2, 3))).toMatch(/^staking 32: /);
    expect(refusal(() => move(1, 1))).toMatch(/^staking 29: /);
    expect(refusal(() => move(1, 8))).toMatch(/^staking 31: /);
    const end = later(fixture, 5n, unbondingSeconds);
    endBlock(end, fixture);
    expect(end.log.events.at(-1)?.type).toBe('complete_redelegation');
    move(2, 3);
    expect(problems(fixture)).toEqual([]);
  });
});
