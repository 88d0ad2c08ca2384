import { createHash } from 'node:crypto';
import { DirectSecp256k1Wallet } from '@cosmjs/proto-signing';

/**
 * PUBLIC TEST KEYS. Anyone can compute them from the names below: they are for local networks only, and whoever sends
 * real value to them loses it.
 */
export type TestAccount =
  | `validator${number}`
  | `worker${number}`
  | 'faucet'
  | 'contributor'
  | 'trainer'
  | 'cheater'
  | 'objectives';

/** The private key of a named account: SHA-256 of a public text. */
export function testPrivateKey(name: TestAccount): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(`infinet localnet public test key: account: ${name}`).digest());
}

export function testWallet(name: TestAccount, prefix: string): Promise<DirectSecp256k1Wallet> {
  return DirectSecp256k1Wallet.fromKey(testPrivateKey(name), prefix);
}

export async function testAddress(name: TestAccount, prefix: string): Promise<string> {
  const wallet = await testWallet(name, prefix);
  const [account] = await wallet.getAccounts();
  if (account === undefined) throw new Error(`the wallet of ${name} holds no account`);
  return account.address;
}

/** Seed of a verifier's VRF key (ECVRF, Ed25519), 32 bytes. */
export function testVrfSeed(index: number): Uint8Array {
  return Uint8Array.from(
    createHash('sha256').update(`infinet localnet public test key: verifier vrf: ${index}`).digest(),
  );
}
