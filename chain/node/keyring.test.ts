import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openKeyring } from './keyring.ts';

let folder: string;
let passphrase = 'correct horse';
const keyring = () => openKeyring({ folder, prefix: 'infinet', passphrase: async () => passphrase });
const abandon = `${'abandon '.repeat(11)}about`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-keys-'));
  passphrase = 'correct horse';
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a mnemonic gives the address that every Cosmos wallet derives from it', async () => {
  const { info } = await openKeyring({ folder, prefix: 'cosmos', passphrase: async () => '' }).add('a', {
    mnemonic: abandon,
    test: true,
  });
  // Known from Keplr, Ledger and gaiad for this BIP-39 test mnemonic.
  expect(info.address).toBe('cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4');
});

test('an encrypted key shows its address without a passphrase and signs with it', async () => {
  const { info, mnemonic } = await keyring().add('a', {});
  expect(mnemonic.split(' ')).toHaveLength(24);
  expect(readFileSync(join(folder, 'a.json'), 'utf8')).not.toContain(mnemonic.split(' ')[0]);
  expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o600);
  expect(keyring().list()).toEqual([info]);
  const [account] = await (await keyring().signer('a')).getAccounts();
  expect(account?.address).toBe(info.address);
});

test('a wrong passphrase and a box under another key are refused', async () => {
  await keyring().add('a', {});
  await keyring().add('b', {});
  const a = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'));
  const b = JSON.parse(readFileSync(join(folder, 'b.json'), 'utf8'));
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ ...a, encrypted_secret: b.encrypted_secret }));
  await expect(keyring().signer('a')).rejects.toThrow('does not open');
  passphrase = 'wrong horse';
  await expect(keyring().signer('b')).rejects.toThrow('does not open');
});

test('test keys say in their file that they are public', async () => {
  await keyring().add('t', { test: true, mnemonic: abandon });
  expect(readFileSync(join(folder, 't.json'), 'utf8')).toContain('public_test_secret');
  expect(keyring().show('t').isTestKey).toBe(true);
});

test.each([
  ['../evil', 'cannot name a key'],
  ['', 'cannot name a key'],
])('the name %j is refused', async (name, complaint) => {
  await expect(keyring().add(name, { test: true })).rejects.toThrow(complaint);
});

test('a deleted key is gone, a damaged one can be deleted, a missing one is named', async () => {
  await keyring().add('a', { test: true });
  writeFileSync(join(folder, 'b.json'), 'x');
  keyring().remove('a');
  keyring().remove('b');
  expect(keyring().list()).toEqual([]);
  expect(() => keyring().remove('a')).toThrow('no key "a"');
});

test('a taken name, a missing key, a wrong mnemonic and a damaged file are named', async () => {
  await keyring().add('a', { test: true });
  await expect(keyring().add('a', { test: true })).rejects.toThrow('already a key "a"');
  await expect(keyring().add('c', { test: true, mnemonic: 'not words' })).rejects.toThrow('not a BIP-39 mnemonic');
  expect(() => keyring().show('zz')).toThrow('no key "zz"');
  writeFileSync(join(folder, 'a.json'), '{"name":"a"}');
  expect(() => keyring().show('a')).toThrow('a.json is damaged');
});

test.each([
  ["m/44'/118'/0'/0/0", 'cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4'],
  ["m/44'/118'/1'/0/0", 'cosmos1tehv5km5e9y706rc2gzk9yyun9dljjjnvyt3u0'],
  ["m/44'/118'/0'/0/3", 'cosmos1zuvk68xw4y9swp06796rx8zarjvvkrt606nxtl'],
  ["m/44'/60'/0'/0/0", 'cosmos1gsvdpdxec8hsu57lhxg5xem7refr233zu34d65'],
])('at %s a mnemonic gives the address that simd derives there', async (hdPath, address) => {
  const ring = openKeyring({ folder, prefix: 'cosmos', passphrase: async () => passphrase });
  const { info } = await ring.add('a', { mnemonic: abandon, hdPath });
  expect(info).toMatchObject({ address, hdPath, kind: 'mnemonic' });
  const [account] = await (await ring.signer('a')).getAccounts();
  expect(account?.address).toBe(address);
});

test('what is no derivation path is refused', async () => {
  await expect(keyring().add('a', { test: true, hdPath: 'm/x' })).rejects.toThrow('is not a derivation path such as');
});

test('a file of the first format goes on as it was: its key signs, and it stays as it is', async () => {
  await keyring().add('new', { mnemonic: abandon, test: true });
  const { public_key } = JSON.parse(readFileSync(join(folder, 'new.json'), 'utf8'));
  const first = JSON.stringify({ name: 'old', public_key, public_test_mnemonic: abandon });
  writeFileSync(join(folder, 'old.json'), first);
  expect(keyring().show('old')).toEqual({ ...keyring().show('new'), name: 'old' });
  const [account] = await (await keyring().signer('old')).getAccounts();
  expect(account?.address).toBe(keyring().show('new').address);
  expect(readFileSync(join(folder, 'old.json'), 'utf8')).toBe(first);
});

test('a file of a format to come is named, with the newest that is read', async () => {
  writeFileSync(join(folder, 'a.json'), '{"format":3}');
  expect(() => keyring().show('a')).toThrow('it is of format 3, this program reads up to 2');
});

// Public test keys: the SHA-256 of "a", "b" and "c".
const secrets = ['a', 'b', 'c'].map((text) => Uint8Array.from(createHash('sha256').update(text).digest()));

test('several keys together have the address that simd gives them, sorted or not', async () => {
  const ring = openKeyring({ folder, prefix: 'cosmos', passphrase: async () => passphrase });
  for (const [index, secret] of secrets.entries()) await ring.addPrivateKey('abc'[index] ?? '', secret, true);
  expect(ring.addMultisig('sorted', ['a', 'b', 'c'], 2, false).address).toBe(
    'cosmos1ltjj400c4epwe79nhzyzsh3fya0ng8m25klgh2',
  );
  expect(ring.addMultisig('kept', ['c', 'a', 'b'], 2, true).address).toBe(
    'cosmos103eaqzrcw7zt4p6qymxhcygxzfmwc06n2zj0kt',
  );
  expect(ring.show('sorted').multisig).toMatchObject({ threshold: 2 });
  await expect(ring.signer('sorted')).rejects.toThrow('several keys together and has no secret');
  expect(() => ring.addMultisig('x', ['a', 'sorted'], 1, false)).toThrow('several keys together already');
  expect(() => ring.addMultisig('x', ['a', 'a'], 1, false)).toThrow('stands twice');
  expect(() => ring.addMultisig('x', ['a', 'b'], 3, false)).toThrow('3 of 2 keys cannot sign');
  expect(() => ring.addMultisig('x', ['nobody'], 1, false)).toThrow('no key "nobody"');
});

test('a private key is kept under the passphrase and comes out as it went in', async () => {
  const [secret = new Uint8Array()] = secrets;
  const info = await keyring().addPrivateKey('a', secret, false);
  expect(readFileSync(join(folder, 'a.json'), 'utf8')).not.toContain(Buffer.from(secret).toString('hex'));
  expect(await keyring().privateKey('a')).toEqual(secret);
  expect(keyring().show('a')).toEqual(info);
});

test.each([
  ['n', 3, 'a cost that is no power of two'],
  ['n', 2 ** 19, 'more memory than a GiB', 32],
  ['n', 2 ** 16, 'a cost above what RFC 7914 allows for r', 1],
])('a file with %s = %d is damaged: %s', async (_field, n, _why, r = 8) => {
  await keyring().add('a', {});
  const file = join(folder, 'a.json');
  const text = readFileSync(file, 'utf8').replace(/"n": ?131072/, `"n":${n}`);
  writeFileSync(file, text.replace(/"r": ?8/, `"r":${r}`));
  expect(() => keyring().show('a')).toThrow('a.json');
  await expect(keyring().signer('a')).rejects.toThrow('a.json');
});
