import { describe, expect, test } from 'vitest';
import { auth } from '../../sdk/codec/index.ts';
import { accountText, addresses } from '../bank/fixture.ts';
import { type Account, accountValue } from './account.ts';
import { moduleAddress } from './keeper.ts';
import { defaultParams } from './params.ts';
import vectors from './vectors.json' with { type: 'json' };

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('bytes that the Go SDK makes', () => {
  const base: Account = { address: accountText(5), accountNumber: 3n, sequence: 9n };
  const module: Account = {
    address: addresses.accountText(moduleAddress('rewards')),
    accountNumber: 300n,
    sequence: 0n,
    module: { name: 'rewards', permissions: ['minter', 'burner'] },
  };

  test.each([
    ['an account', base, vectors.baseAccount],
    ['a module account', module, vectors.moduleAccount],
  ])('%s', (_, account, expected) => {
    expect(hex(accountValue().write(account))).toBe(expected);
    expect(accountValue().read(Uint8Array.from(Buffer.from(expected, 'hex')))).toEqual({
      pubKey: undefined,
      ...account,
    });
  });

  test('the parameters', () => {
    expect(hex(auth.Params.encode(defaultParams).finish())).toBe(vectors.authParams);
  });

  test('an account of a kind that this chain does not know stops the reader', () => {
    const vesting =
      '0a302f636f736d6f732e76657374696e672e763162657461312e436f6e74696e756f757356657374696e674163636f756e741200';
    expect(() => accountValue().read(Uint8Array.from(Buffer.from(vesting, 'hex')))).toThrow('unknown account type');
  });
});
