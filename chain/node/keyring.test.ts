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
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ ...a, encrypted_mnemonic: b.encrypted_mnemonic }));
  await expect(keyring().signer('a')).rejects.toThrow('does not open');
  passphrase = 'wrong horse';
  await expect(keyring().signer('b')).rejects.toThrow('does not open');
});

test('test keys say in their file that they are public', async () => {
  await keyring().add('t', { test: true, mnemonic: abandon });
  expect(readFileSync(join(folder, 't.json'), 'utf8')).toContain('public_test_mnemonic');
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
