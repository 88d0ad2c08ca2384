import { Buffer } from 'node:buffer';
import { ed25519Keys, multisigKeys, type protoAny, secp256k1Keys } from '../../sdk/codec/index.ts';
import type { JsonNode } from './node.ts';

/** Public keys in the JSON form of protobuf's Any: `{"@type": "/cosmos.crypto.ed25519.PubKey", "key": "<base64>"}`. */

export const secp256k1KeyType = '/cosmos.crypto.secp256k1.PubKey';
export const ed25519KeyType = '/cosmos.crypto.ed25519.PubKey';
export const multisigKeyType = '/cosmos.crypto.multisig.LegacyAminoPubKey';

/** Null gives undefined. Throws with the path for an unknown type or a key of a wrong length. */
export function readPublicKey(node: JsonNode): protoAny.Any | undefined {
  if (node.isAbsent) return undefined;
  const typeUrl = node.field('@type').text();
  switch (typeUrl) {
    case secp256k1KeyType:
      return { typeUrl, value: secp256k1Keys.PubKey.encode({ key: sized(node.field('key'), 33) }).finish() };
    case ed25519KeyType:
      return { typeUrl, value: ed25519Keys.PubKey.encode({ key: sized(node.field('key'), 32) }).finish() };
    case multisigKeyType: {
      const publicKeys = node.field('public_keys').list().map(requireKey);
      const threshold = node.field('threshold').u32();
      return { typeUrl, value: multisigKeys.LegacyAminoPubKey.encode({ threshold, publicKeys }).finish() };
    }
    default:
      return node.field('@type').fail(`unknown key type ${typeUrl}`);
  }
}

export function publicKeyJson(key: protoAny.Any | undefined): unknown {
  if (key === undefined) return null;
  switch (key.typeUrl) {
    case secp256k1KeyType:
      return { '@type': key.typeUrl, key: base64(secp256k1Keys.PubKey.decode(key.value).key) };
    case ed25519KeyType:
      return { '@type': key.typeUrl, key: base64(ed25519Keys.PubKey.decode(key.value).key) };
    case multisigKeyType: {
      const { threshold, publicKeys } = multisigKeys.LegacyAminoPubKey.decode(key.value);
      return { '@type': key.typeUrl, threshold, public_keys: publicKeys.map(publicKeyJson) };
    }
    default:
      throw new Error(`no JSON form for keys of type ${key.typeUrl}`);
  }
}

function requireKey(node: JsonNode): protoAny.Any {
  return readPublicKey(node) ?? node.fail('a key is missing');
}

function sized(node: JsonNode, length: number): Uint8Array {
  const key = node.bytes();
  return key.length === length ? key : node.fail(`a key of ${key.length} bytes, must be ${length}`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
