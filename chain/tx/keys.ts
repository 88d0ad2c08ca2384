import { hash } from 'node:crypto';
import { secp256k1Keys } from '../../sdk/codec/index.ts';
import type { AnyValue } from './accounts.ts';

export const secp256k1Url = '/cosmos.crypto.secp256k1.PubKey';
export const ed25519Url = '/cosmos.crypto.ed25519.PubKey';
export const multisigUrl = '/cosmos.crypto.multisig.LegacyAminoPubKey';

const knownUrls: ReadonlySet<string> = new Set([secp256k1Url, ed25519Url, multisigUrl]);

/** Whether the chain can name such keys at all; not all of them may sign txs. */
export function isKnownKey(typeUrl: string): boolean {
  return knownUrls.has(typeUrl);
}

/** The compressed point of a secp256k1 key, 33 bytes. Throws on malformed bytes, as Go panics there. */
export function secp256k1Point(key: AnyValue): Uint8Array {
  const point = secp256k1Keys.PubKey.decode(key.value).key;
  if (point.length !== 33) throw new Error(`a secp256k1 public key has 33 bytes, not ${point.length}`);
  return point;
}

/** RIPEMD-160 of SHA-256 of the compressed point, 20 bytes. */
export function secp256k1Address(point: Uint8Array): Uint8Array {
  return Uint8Array.from(hash('ripemd160', hash('sha256', point, 'buffer'), 'buffer'));
}
