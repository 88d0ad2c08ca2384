import { describe, expect, test } from 'vitest';
import { JsonNode } from './node.ts';
import { publicKeyJson, readPublicKey } from './publicKey.ts';

const root = (value: unknown) => new JsonNode(value, 'app_state');
const at = (value: unknown) => root({ field: value }).field('field');

describe('a genesis', () => {
  test('is read along a path that every complaint names', () => {
    const state = root({ bank: { balances: [{ coins: [{ denom: 'uinf', amount: 'x' }] }] } });
    const [balance] = state.field('bank').field('balances').list();
    expect(() => balance?.field('coins').coins()).toThrow(
      'app_state.bank.balances[0].coins[0].amount: not an integer: "x"',
    );
  });

  test('has no fields but its own: what every object inherits is absent', () => {
    expect(root({}).field('constructor').isAbsent).toBe(true);
    expect(root(JSON.parse('{"__proto__": 1}')).field('__proto__').value).toBe(1);
  });

  test.each([
    ['12', 12n],
    ['-3', -3n],
    [7, 7n],
    ['0', 0n],
    [((1n << 256n) - 1n).toString(), (1n << 256n) - 1n],
  ])('%j is the integer %s', (value, expected) => {
    expect(at(value).integer()).toBe(expected);
  });

  test.each(['010', '0x10', '+1', '1.0', '', ' 1', '-0', 1.5, 2 ** 53, null, true, [], (1n << 256n).toString()])(
    '%j is no integer',
    (value) => {
      expect(() => at(value).integer()).toThrow('app_state.field: ');
    },
  );

  test.each(['-1', (1n << 64n).toString()])('%s is no unsigned 64-bit integer', (value) => {
    expect(() => at(value).u64()).toThrow('app_state.field: not an unsigned 64-bit integer');
    expect(() => at(value).u32()).toThrow('app_state.field: not an unsigned 32-bit integer');
  });

  test('absent and null are one; a default stands in only where it is given', () => {
    for (const absent of [undefined, null]) {
      expect(at(absent).u64(5n)).toBe(5n);
      expect(at(absent).textOr('none')).toBe('none');
      expect(at(absent).flagOr(true)).toBe(true);
      expect(at(absent).list()).toEqual([]);
      expect(() => at(absent).u64()).toThrow('not an integer');
    }
    expect(() => at('true').flagOr(true)).toThrow('not true or false');
    expect(() => at({}).list()).toThrow('not a list');
    expect(() => at([]).field('x')).toThrow('not an object');
  });

  test('bytes are base64 and nothing near it', () => {
    expect(at('AQID').bytes()).toEqual(Uint8Array.of(1, 2, 3));
    for (const wrong of ['AQI', 'AQI=\n', '!!!!', 'AQID=']) expect(() => at(wrong).bytes()).toThrow('not base64');
  });
});

describe('public keys', () => {
  test('come back as they were', () => {
    const single = { '@type': '/cosmos.crypto.ed25519.PubKey', key: Buffer.alloc(32, 1).toString('base64') };
    const member = { '@type': '/cosmos.crypto.secp256k1.PubKey', key: Buffer.alloc(33, 2).toString('base64') };
    const group = { '@type': '/cosmos.crypto.multisig.LegacyAminoPubKey', threshold: 1, public_keys: [member, member] };
    for (const json of [single, member, group, null]) expect(publicKeyJson(readPublicKey(at(json)))).toEqual(json);
  });

  test('of unknown types and wrong lengths are refused', () => {
    expect(() => readPublicKey(at({ '@type': '/x', key: '' }))).toThrow('app_state.field.@type: unknown key type /x');
    expect(() => readPublicKey(at({ '@type': '/cosmos.crypto.ed25519.PubKey', key: 'AQID' }))).toThrow(
      'app_state.field.key: a key of 3 bytes, must be 32',
    );
  });
});
