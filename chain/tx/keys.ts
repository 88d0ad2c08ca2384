import { hash } from 'node:crypto';
import { ed25519Keys, multisigKeys, secp256k1Keys } from '../../sdk/codec/index.ts';
import type { AnyValue } from './accounts.ts';

export const secp256k1Url = '/cosmos.crypto.secp256k1.PubKey';
export const ed25519Url = '/cosmos.crypto.ed25519.PubKey';
export const multisigUrl = '/cosmos.crypto.multisig.LegacyAminoPubKey';

const knownUrls: ReadonlySet<string> = new Set([secp256k1Url, ed25519Url, multisigUrl]);

/** Whether the chain can name such keys at all; not all of them may sign txs. */
export function isKnownKey(typeUrl: string): boolean {
  return knownUrls.has(typeUrl);
}

/** A public key as it stands in an account; members of a multisignature nest. */
export type PublicKey =
  /** A compressed point of 33 bytes, in a key that has an account. */
  | { readonly kind: 'secp256k1'; readonly bytes: Uint8Array }
  /** 32 bytes. Such keys may be named, but not sign. */
  | { readonly kind: 'ed25519'; readonly bytes: Uint8Array }
  | { readonly kind: 'multisig'; readonly threshold: number; readonly keys: readonly PublicKey[] };

/** Throws an `Error` on an unknown type and malformed bytes; lengths of keys are not looked at. */
export function readPublicKey({ typeUrl, value }: AnyValue): PublicKey {
  switch (typeUrl) {
    case secp256k1Url:
      return { kind: 'secp256k1', bytes: secp256k1Keys.PubKey.decode(value).key };
    case ed25519Url:
      return { kind: 'ed25519', bytes: ed25519Keys.PubKey.decode(value).key };
    case multisigUrl: {
      const { threshold, publicKeys } = multisigKeys.LegacyAminoPubKey.decode(value);
      return { kind: 'multisig', threshold, keys: publicKeys.map(readPublicKey) };
    }
    default:
      throw new Error(`unable to resolve type URL ${typeUrl}`);
  }
}

function sized(key: Uint8Array, length: number, name: string): Uint8Array {
  if (key.length !== length) throw new Error(`a ${name} public key has ${length} bytes, not ${key.length}`);
  return key;
}

/**
 * 20 bytes: of a secp256k1 key RIPEMD-160 of SHA-256, of others the first bytes of SHA-256 (of the amino form). Throws an
 * `Error` on a single key of a wrong length, where Go panics; members of a multisignature are not looked into.
 */
export function addressOfKey(key: PublicKey): Uint8Array {
  if (key.kind === 'secp256k1') return secp256k1Address(sized(key.bytes, 33, 'secp256k1'));
  const bytes = key.kind === 'ed25519' ? sized(key.bytes, 32, 'Ed25519') : aminoKey(key);
  return Uint8Array.from(hash('sha256', bytes, 'buffer').subarray(0, 20));
}

/** RIPEMD-160 of SHA-256 of the compressed point, 20 bytes. */
export function secp256k1Address(point: Uint8Array): Uint8Array {
  return Uint8Array.from(hash('ripemd160', hash('sha256', point, 'buffer'), 'buffer'));
}

/** Signatures that a key may come to: members of multisignatures one by one (SDK `CountSubKeys`). */
export function countKeys(key: PublicKey): number {
  return key.kind === 'multisig' ? key.keys.reduce((sum, member) => sum + countKeys(member), 0) : 1;
}

/** The key in amino's binary form: a prefix of four bytes made from its registered name, then its content. */
export function aminoKey(key: PublicKey): Buffer {
  switch (key.kind) {
    case 'secp256k1':
      return Buffer.concat([Buffer.from([0xeb, 0x5a, 0xe9, 0x87]), varint(key.bytes.length), key.bytes]);
    case 'ed25519':
      return Buffer.concat([Buffer.from([0x16, 0x24, 0xde, 0x64]), varint(key.bytes.length), key.bytes]);
    case 'multisig': {
      const members = key.keys.map(aminoKey).flatMap((member) => [Buffer.from([0x12]), varint(member.length), member]);
      const threshold = key.threshold === 0 ? [] : [Buffer.from([0x08]), varint(key.threshold)];
      return Buffer.concat([Buffer.from([0x22, 0xc1, 0xf7, 0xe2]), ...threshold, ...members]);
    }
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}
