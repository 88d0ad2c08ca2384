import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import secp256k1 from 'secp256k1/bindings.js';
import { secp256k1Address, secp256k1Url } from '../../chain/tx/keys.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { ed25519Keys, type protoAny, secp256k1Keys } from '../../sdk/codec/index.ts';

/** Both chains run with the SDK's own prefix, so that addresses can be compared as text. */
export const addresses = createAddressCodec('cosmos');
export const chainId = 'differential-1';
export const denom = 'stake';

export interface Key {
  readonly name: string;
  readonly privateKey: Uint8Array;
  readonly publicKey: protoAny.Any;
  readonly address: Uint8Array;
  /** Bech32. */
  readonly text: string;
  /** Bech32 of the same bytes as a validator's operator. */
  readonly operator: string;
}

/** An account key, the same for the same name. */
export function keyOf(name: string): Key {
  const privateKey = createHash('sha256').update(`differential ${name}`).digest();
  const point = Uint8Array.from(secp256k1.publicKeyCreate(privateKey, true));
  const address = secp256k1Address(point);
  return {
    name,
    privateKey,
    publicKey: { typeUrl: secp256k1Url, value: secp256k1Keys.PubKey.encode({ key: point }).finish() },
    address,
    text: addresses.accountText(address),
    operator: addresses.operatorText(address),
  };
}

/** The public half of a consensus key, 32 bytes, the same for the same name. */
export function consensusKey(name: string): Uint8Array {
  return ed25519.getPublicKey(createHash('sha256').update(`consensus ${name}`).digest());
}

export function consensusKeyAny(name: string): protoAny.Any {
  return {
    typeUrl: '/cosmos.crypto.ed25519.PubKey',
    value: ed25519Keys.PubKey.encode({ key: consensusKey(name) }).finish(),
  };
}

/** First 20 bytes of SHA-256 of the public key. */
export function consensusAddress(name: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(consensusKey(name)).digest().subarray(0, 20));
}
