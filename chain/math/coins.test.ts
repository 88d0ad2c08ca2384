import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addCoins,
  amountOf,
  type Coin,
  coinsProblem,
  coinsText,
  isDenom,
  parseCoins,
  readCoins,
  subCoins,
} from './coins.ts';
import { bitLength, parseAmount } from './integer.ts';
import vectors from './vectors.json' with { type: 'json' };

const largest = (1n << 256n) - 1n;

const coins = fc
  .dictionary(fc.constantFrom('uinf', 'abc', 'ibc/27394', 'stake', 'zzz'), fc.bigInt(1n, 10n ** 30n))
  .map((amounts) =>
    Object.entries(amounts)
      .map(([denom, amount]): Coin => ({ denom, amount: amount.toString() }))
      .sort((a, b) => (a.denom < b.denom ? -1 : 1)),
  );

describe('amounts', () => {
  test.each(vectors.amounts)('%j is read as the SDK reads it: %s', (text, expected) => {
    if (expected === null) expect(() => parseAmount(text ?? '')).toThrow(RangeError);
    else expect(parseAmount(text ?? '').toString()).toBe(expected);
  });

  test('2^256-1 is the largest amount', () => {
    expect(parseAmount(largest.toString())).toBe(largest);
    expect(() => parseAmount((largest + 1n).toString())).toThrow('integer out of range; got: 257, max: 256');
    expect(bitLength(largest)).toBe(256);
  });

  test('a text of a megabyte is refused before it is converted', () => {
    expect(() => parseAmount('9'.repeat(1_000_000))).toThrow('too long');
  });
});

describe('coins', () => {
  test.each(['uinf', 'abc', 'ibc/7F1D3FCF4AE79E1554', 'a:b.c_d-e', `a${'b'.repeat(127)}`])(
    '%s is a denomination',
    (denom) => {
      expect(isDenom(denom)).toBe(true);
    },
  );

  test.each(['', 'ab', '1abc', 'uinf ', 'uinf\n', 'u inf', 'ü123', `a${'b'.repeat(128)}`])(
    '%j is no denomination',
    (denom) => {
      expect(isDenom(denom)).toBe(false);
    },
  );

  test.each([
    [[{ denom: 'uinf', amount: '0' }], 'coin 0uinf amount is not positive'],
    [[{ denom: 'uinf', amount: '-1' }], 'coin -1uinf amount is not positive'],
    [[{ denom: 'b!!', amount: '1' }], 'invalid denom: b!!'],
    [
      [
        { denom: 'bbb', amount: '1' },
        { denom: 'aaa', amount: '1' },
      ],
      'denomination aaa is not sorted',
    ],
    [
      [
        { denom: 'aaa', amount: '1' },
        { denom: 'aaa', amount: '1' },
      ],
      'duplicate denomination aaa',
    ],
    [
      [
        { denom: 'aaa', amount: '1' },
        { denom: 'bbb', amount: '0' },
      ],
      'coin bbb amount is not positive',
    ],
    [[], undefined],
  ])('%j: %s', (list, problem) => {
    expect(coinsProblem(list)).toBe(problem);
  });

  test('an absent amount and one that is no number are told apart by their codes', () => {
    expect(() => readCoins([{ denom: 'uinf', amount: '' }])).toThrow(
      expect.objectContaining({ codespace: 'sdk', code: 10 }),
    );
    expect(() => readCoins([{ denom: 'uinf', amount: '1.5' }])).toThrow(
      expect.objectContaining({ codespace: 'sdk', code: 2 }),
    );
  });

  test('adding and taking away again gives the same coins', () => {
    fc.assert(
      fc.property(coins, coins, (a, b) => {
        const sum = addCoins(a, b);
        expect(coinsProblem(sum)).toBeUndefined();
        expect(subCoins(sum, b)).toEqual(a);
      }),
    );
  });

  test('taking away more than there is gives nothing, not a negative amount', () => {
    expect(subCoins([{ denom: 'uinf', amount: '5' }], [{ denom: 'uinf', amount: '6' }])).toBeUndefined();
    expect(subCoins([], [{ denom: 'uinf', amount: '1' }])).toBeUndefined();
  });

  test('a sum beyond 256 bits is the SDK’s panic', () => {
    const full = [{ denom: 'uinf', amount: largest.toString() }];
    expect(() => addCoins(full, [{ denom: 'uinf', amount: '1' }])).toThrow('Int overflow');
  });

  test('text comes back as it was, sorted', () => {
    expect(coinsText(parseCoins('10uinf, 5abc'))).toBe('5abc,10uinf');
    expect(amountOf(parseCoins('10uinf,5abc'), 'uinf')).toBe(10n);
    expect(parseCoins('')).toEqual([]);
    for (const wrong of ['uinf', '5', '-5uinf', '1uinf,1uinf', '1.5uinf']) expect(() => parseCoins(wrong)).toThrow();
  });
});
