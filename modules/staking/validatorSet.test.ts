import { describe, expect, test } from 'vitest';
import { account, broken } from '../bank/fixture.ts';
import {
  consensusPublicKey,
  createFixture,
  createValidator,
  delegate,
  endBlock,
  type Fixture,
  fortune,
  later,
  unbondingSeconds,
  undelegate,
} from './fixture.ts';
import { consensusAddress } from './validator.ts';

const million = 1_000_000n;

function problems(fixture: Fixture, height = 1n): string[] {
  return broken(later(fixture, height), fixture.bank.module, fixture.auth.module, fixture.staking.module);
}

describe('the active set', () => {
  test('a new validator is told to CometBFT at the end of the block, best first, and only changes afterwards', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 5n * million);
    createValidator(ctx, fixture, 2, 9n * million);
    expect(endBlock(ctx, fixture)).toEqual([
      [2, 9n],
      [1, 5n],
    ]);
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([]);
    delegate(later(fixture, 3n), fixture, 5, 1, '999999');
    expect(endBlock(later(fixture, 3n), fixture)).toEqual([]);
    delegate(later(fixture, 4n), fixture, 5, 1, '1');
    expect(endBlock(later(fixture, 4n), fixture)).toEqual([[1, 6n]]);
    expect(problems(fixture)).toEqual([]);
  });

  test('holds the best three of four; who falls out is sent with power 0, once', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    for (const byte of [1, 2, 3]) createValidator(ctx, fixture, byte, BigInt(byte) * million);
    endBlock(ctx, fixture);
    const next = later(fixture, 2n);
    createValidator(next, fixture, 4, 4n * million);
    expect(endBlock(next, fixture)).toEqual([
      [4, 4n],
      [1, 0n],
    ]);
    expect(endBlock(later(fixture, 3n), fixture)).toEqual([]);
    expect(fixture.staking.keeper.bondedValidators(later(fixture, 3n)).map(({ power }) => power)).toEqual([4n, 3n, 2n]);
    expect(fixture.staking.keeper.totalBondedPower(later(fixture, 3n))).toBe(9n);
    expect(problems(fixture)).toEqual([]);
  });

  test('is read at the same cost however many validators wait outside of it', () => {
    const fixture = createFixture();
    for (const byte of [1, 2, 3]) createValidator(later(fixture, 1n), fixture, byte, 5n * million);
    endBlock(later(fixture, 1n), fixture);
    const read = () => {
      const ctx = later(fixture, 2n);
      const bonded = fixture.staking.keeper.bondedValidators(ctx).map(({ operator }) => operator);
      return { bonded, gas: ctx.gas.consumed };
    };
    const before = read();
    for (const byte of [4, 5, 6, 7, 8, 9]) createValidator(later(fixture, 2n), fixture, byte, million);
    expect(read()).toEqual(before);
    expect(before.bonded.map(([byte]) => byte)).toEqual([1, 2, 3]);
  });

  test('equal stakes rank by operator address', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    for (const byte of [3, 1, 2]) createValidator(ctx, fixture, byte, 2n * million);
    expect(endBlock(ctx, fixture).map(([byte]) => byte)).toEqual([1, 2, 3]);
  });

  test('a validator with less than one unit of power is never sent', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, million - 1n);
    expect(endBlock(ctx, fixture)).toEqual([]);
    expect(problems(fixture)).toEqual([]);
  });

  test('a jailed one leaves, and comes back when it is let out', () => {
    const fixture = createFixture();
    createValidator(later(fixture, 1n), fixture, 1, 5n * million);
    createValidator(later(fixture, 1n), fixture, 2, 5n * million);
    endBlock(later(fixture, 1n), fixture);
    fixture.staking.keeper.jail(later(fixture, 2n), account(1));
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([[1, 0n]]);
    fixture.staking.keeper.unjail(later(fixture, 3n), consensusAddress(consensusPublicKey(1)));
    expect(endBlock(later(fixture, 3n), fixture)).toEqual([[1, 5n]]);
    expect(problems(fixture)).toEqual([]);
  });

  test('the last one that can validate stays until somebody else can: CometBFT would stop for good without any', () => {
    const fixture = createFixture();
    const { keeper } = fixture.staking;
    createValidator(later(fixture, 1n), fixture, 1, 5n * million);
    endBlock(later(fixture, 1n), fixture);
    keeper.jail(later(fixture, 2n), account(1));
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([]);
    undelegate(later(fixture, 3n), fixture, 1, 1, (5n * million).toString());
    expect(endBlock(later(fixture, 3n), fixture)).toEqual([]);
    expect(keeper.totalBondedPower(later(fixture, 3n))).toBe(5n);
    expect(problems(fixture)).toEqual([]);
    createValidator(later(fixture, 4n), fixture, 2, 7n * million);
    expect(endBlock(later(fixture, 4n), fixture)).toEqual([
      [2, 7n],
      [1, 0n],
    ]);
    endBlock(later(fixture, 5n, unbondingSeconds), fixture);
    expect(keeper.validatorByOperator(later(fixture, 5n), account(1))).toBeUndefined();
    expect(problems(fixture)).toEqual([]);
  });

  test('an unbonded validator without delegations is forgotten when its time is over', () => {
    const fixture = createFixture();
    const ctx = later(fixture, 1n);
    createValidator(ctx, fixture, 1, 5n * million);
    createValidator(ctx, fixture, 2, 5n * million);
    endBlock(ctx, fixture);
    undelegate(later(fixture, 2n), fixture, 1, 1, (5n * million).toString());
    expect(endBlock(later(fixture, 2n), fixture)).toEqual([[1, 0n]]);
    endBlock(later(fixture, 3n, unbondingSeconds - 1n), fixture);
    expect(fixture.staking.keeper.validatorByOperator(later(fixture, 3n), account(1))).toBeDefined();
    endBlock(later(fixture, 4n, unbondingSeconds), fixture);
    expect(fixture.staking.keeper.validatorByOperator(later(fixture, 4n), account(1))).toBeUndefined();
    expect(fixture.bank.keeper.balance(later(fixture, 4n), account(1), 'uinf')).toBe(fortune);
    expect(problems(fixture)).toEqual([]);
  });
});
