import { describe, expect, test } from 'vitest';
import { armorKey, openArmor } from './armor.ts';

// What simd 0.50.9 wrote with `keys export` for a public test key, under the passphrase "testpass1".
const exported = `-----BEGIN TENDERMINT PRIVATE KEY-----
kdf: argon2
salt: 7DF7A4D4BE052DCDC0E1F7E468669899
type: secp256k1

VulHP6IwhmbHFZf53zwJG47XO92JkNxN9oaCTMT/l9N/mf/jcXCpPkryZek3VJ4m
94IEpL4=
=cf5C
-----END TENDERMINT PRIVATE KEY-----
`;
const secret = Uint8Array.from(Buffer.from('a7428d1e1a8f35ee42654c0542431c33f309be0bac818d361e8be5508fbd6b47', 'hex'));

describe('an exported key', () => {
  test('of simd is read, whatever its line ends and what stands around it', async () => {
    expect(await openArmor(exported, 'testpass1')).toEqual(secret);
    expect(await openArmor(`hello\r\n${exported.replaceAll('\n', '\r\n')}bye`, 'testpass1')).toEqual(secret);
  });

  test('of our own comes back, and is another text each time', async () => {
    const [one, two] = [await armorKey(secret, 'passphrase'), await armorKey(secret, 'passphrase')];
    expect(one).not.toBe(two);
    expect(await openArmor(one, 'passphrase')).toEqual(secret);
    expect(
      one
        .split('\n')
        .map((line) => line.length)
        .every((length) => length <= 64),
    ).toBe(true);
  });

  test.each([
    ['with another passphrase', exported, 'testpass2', 'the passphrase does not open'],
    ['with another salt', exported.replace('salt: 7D', 'salt: 7E'), 'testpass1', 'the passphrase does not open'],
    ['with a changed letter', exported.replace('VulH', 'VulG'), 'testpass1', 'its checksum differs'],
    ['without its checksum', exported.replace('=cf5C\n', ''), 'testpass1', 'its checksum differs'],
    [
      'of an older SDK',
      exported.replace('argon2', 'bcrypt'),
      'testpass1',
      'kdf bcrypt and type secp256k1: only argon2',
    ],
    ['of another kind', exported.replace('secp256k1', 'ed25519'), 'testpass1', 'type ed25519: only argon2'],
    ['without its end', exported.slice(0, 200), 'testpass1', 'this is no exported key'],
    ['that is a mnemonic', 'abandon abandon', 'testpass1', 'this is no exported key'],
  ])('%s is refused', async (_name, text, passphrase, complaint) => {
    await expect(openArmor(text, passphrase)).rejects.toThrow(complaint);
  });
});
