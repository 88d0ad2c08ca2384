import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';

/** DER of an Ed25519 SubjectPublicKeyInfo (RFC 8410) up to the key. */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Verifies as CometBFT does (ZIP 215): a signature that CometBFT let into a commit must not be refused here, or a hostile
 * validator could stop the chain. OpenSSL is stricter and faster, so its yes is enough and its no is asked again.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (opensslVerify(publicKey, message, signature)) return true;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true });
  } catch {
    return false;
  }
}

function opensslVerify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.concat([spkiHead, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
}
