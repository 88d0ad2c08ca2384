import { describe, expect, test } from 'vitest';
import { stakingTx } from '../../sdk/codec/index.ts';
import { account, accountText, addresses, broken, refusal, run } from '../bank/fixture.ts';
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
import { msgBeginRedelegate } from './messages.ts';

const million = 1_000_000n;

function problems(fixture: Fixture, height = 1n): string[] {
  return broken(later(fixture, height), fixture.bank.module, fixture.auth.module, fixture.staking.module);
}

describe('slashing', () => {
  test('burns the fraction of the stake, and everyone’s shares are worth less', () => {
    const fixture = createFixture();
    createValidator(later(fixture, 1n), fixture, 1, 6n * million);
    delegate(later(fixture, 1n), fixture, 5, 1, (4n * million).toString());
    endBlock(later(fixture, 1n), fixture);
    const ctx = later(fixture, 2n);
    expect(fixture.staking.keeper.slash(ctx, account(1), 50_000n, 'wrong attestation')).toBe(500_000n);
    expect(ctx.log.events.at(-1)).toEqual({
      type: 'slash',
      attributes: [
        {
          key: 'address',
          value: addresses.consensusText(
            fixture.staking.keeper.bondedValidators(ctx)[0]?.consensusAddress ?? account(0),
          ),
        },
        { key: 'power', value: '10' },
        { key: 'reason', value: 'wrong attestation' },
        { key: 'burned_coins', value: '500000' },
      ],
    });
    expect(fixture.bank.keeper.supply(ctx, 'uinf')).toBe(9n * fortune - 500_000n);
    expect(endBlock(ctx, fixture)).toEqual([[1, 9n]]);
    undelegate(later(fixture, 3n), fixture, 5, 1, '3800000');
    endBlock(later(fixture, 4n, unbondingSeconds), fixture);
    expect(fixture.bank.keeper.balance(later(fixture, 4n), account(5), 'uinf')).toBe(fortune - 200_000n);
    expect(problems(fixture)).toEqual([]);
  });

  test('reaches what was unbonded or moved after the fault, and nothing that left before', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 6n * million);
    createValidator(ctx, fixture, 2, 6n * million);
    for (const byte of [5, 6, 7]) delegate(ctx, fixture, byte, 1, million.toString());
    endBlock(ctx, fixture);
    undelegate(later(fixture, 2n), fixture, 5, 1, million.toString());
    undelegate(later(fixture, 4n), fixture, 6, 1, million.toString());
    run(
      later(fixture, 5n),
      fixture.staking.module,
      msgBeginRedelegate.typeUrl,
      stakingTx.MsgBeginRedelegate.encode({
        delegatorAddress: accountText(7),
        validatorSrcAddress: operatorText(1),
        validatorDstAddress: operatorText(2),
        amount: { denom: 'uinf', amount: million.toString() },
      }).finish(),
    );
    const before = fixture.bank.keeper.supply(later(fixture, 6n), 'uinf');
    expect(fixture.staking.keeper.slash(later(fixture, 6n), account(1), 100_000n, 'fraud', 3n)).toBe(600_000n);
    expect(fixture.bank.keeper.supply(later(fixture, 6n), 'uinf')).toBe(before - 800_000n);
    expect(problems(fixture, 6n)).toEqual([]);
    endBlock(later(fixture, 7n, unbondingSeconds), fixture);
    expect([5, 6].map((byte) => fixture.bank.keeper.balance(later(fixture, 7n), account(byte), 'uinf'))).toEqual([
      fortune,
      fortune - 100_000n,
    ]);
  });

  test('of everything leaves a validator that no one can delegate to', () => {
    const fixture = createFixture();
    createValidator(later(fixture, 1n), fixture, 1, 5n * million);
    createValidator(later(fixture, 1n), fixture, 2, 5n * million);
    endBlock(later(fixture, 1n), fixture);
    fixture.staking.keeper.slash(later(fixture, 2n), account(1), million, 'all');
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([[1, 0n]]);
    expect(refusal(() => delegate(later(fixture, 3n), fixture, 5, 1, '1'))).toMatch(/^staking 34: /);
    expect(fixture.staking.keeper.slash(later(fixture, 3n), account(1), million, 'again')).toBe(0n);
    expect(fixture.staking.keeper.slash(later(fixture, 3n), account(9), million, 'nobody')).toBe(0n);
    expect(problems(fixture)).toEqual([]);
  });
});
