import { describe, expect, it } from 'vitest';
import { areValidCoins, coversAny, readGasPrices, requiredFees } from './coins.ts';

describe('gas prices', () => {
  it('are read with up to 18 decimals and rounded up to a whole fee', () => {
    const prices = readGasPrices('0.025uinf, 3uatom');
    expect(requiredFees(prices, 101n)).toEqual([
      { denom: 'uinf', amount: 3n },
      { denom: 'uatom', amount: 303n },
    ]);
    expect(requiredFees(readGasPrices('0.000000000000000001uinf'), 1n)).toEqual([{ denom: 'uinf', amount: 1n }]);
  });

  it('of nothing or zero ask for nothing', () => {
    expect(requiredFees(readGasPrices(''), 10n)).toEqual([]);
    expect(requiredFees(readGasPrices('0uinf'), 10n)).toEqual([]);
  });

  it.each(['1', 'uinf', '-1uinf', '1.uinf', '0.1234567890123456789uinf', '1uinf,,2uatom', '1 uinf'])(
    'like %j are refused with their text',
    (text) => {
      expect(() => readGasPrices(text)).toThrow('is not like 0.025uinf');
    },
  );

  it('are met by any one of the coins', () => {
    const required = [
      { denom: 'uatom', amount: 9n },
      { denom: 'uinf', amount: 2n },
    ];
    expect(coversAny([{ denom: 'uinf', amount: 2n }], required)).toBe(true);
    expect(coversAny([{ denom: 'uatom', amount: 8n }], required)).toBe(false);
  });
});

describe('coins', () => {
  it('are valid when positive, sorted, named once and named well', () => {
    const coins = (...list: [string, bigint][]) => areValidCoins(list.map(([denom, amount]) => ({ denom, amount })));
    expect(coins(['uatom', 1n], ['uinf', 2n])).toBe(true);
    expect(coins(['uinf', 1n], ['uatom', 2n])).toBe(false);
    expect(coins(['uinf', 1n], ['uinf', 2n])).toBe(false);
    expect(coins(['uinf', 0n])).toBe(false);
    expect(coins(['u', 1n])).toBe(false);
  });
});
