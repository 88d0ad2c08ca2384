import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAddressCodec, operatorAsAccount } from './address.ts';

const codec = createAddressCodec('infinet');
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });

describe('addresses', () => {
  test('text and bytes come back as they were, in all three forms', () => {
    fc.assert(
      fc.property(bytes, (address) => {
        expect(codec.account(codec.accountText(address))).toEqual(Uint8Array.from(address));
        expect(codec.operator(codec.operatorText(address))).toEqual(Uint8Array.from(address));
        expect(codec.consensus(codec.consensusText(address))).toEqual(Uint8Array.from(address));
        expect(operatorAsAccount(codec.operatorText(address))).toBe(codec.accountText(address));
      }),
    );
  });

  test.each([
    ['', 'empty address string is not allowed'],
    ['  ', 'empty address string is not allowed'],
    [codec.operatorText(Uint8Array.of(1)), "hrp does not match bech32 prefix: expected 'infinet' got 'infinetvaloper'"],
    ['infinet1qqqq', ''],
    ['nonsense', ''],
  ])('%j is refused: %s', (text, problem) => {
    expect(() => codec.account(text)).toThrow(problem);
  });

  test('text that is no operator address stays as it is', () => {
    expect(operatorAsAccount('nonsense')).toBe('nonsense');
    expect(operatorAsAccount(codec.accountText(Uint8Array.of(5)))).toBe(codec.accountText(Uint8Array.of(5)));
  });
});
