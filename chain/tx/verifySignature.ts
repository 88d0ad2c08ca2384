import { hash } from 'node:crypto';
import secp256k1 from 'secp256k1/bindings.js';
import { signing } from '../../sdk/codec/index.ts';
import type { PublicKey } from './keys.ts';
import { bitCount, type SignatureData, setBits } from './signatureData.ts';
import { type SignerData, signModes } from './signModes.ts';
import type { Tx } from './tx.ts';

/** Why a signature is not good, in the SDK's words; undefined if it is (x/auth/signing `VerifySignature`). */
export function verifySignature(tx: Tx, signer: SignerData, key: PublicKey, data: SignatureData): string | undefined {
  try {
    if (data.kind === 'multi') {
      if (key.kind !== 'multisig') return 'a multisignature needs a multisignature key';
      verifyMembers(tx, signer, key, data);
      return undefined;
    }
    if (data.kind === 'none') return 'unexpected SignatureData <nil>';
    return isGood(tx, signer, key, data) ? undefined : 'unable to verify single signer signature';
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** A multisignature that is not good, whatever the depth at which that is found. */
class Refusal extends Error {}

/** SDK `LegacyAminoPubKey.VerifyMultisignature`: signatures stand in the order of the keys. */
function verifyMembers(
  tx: Tx,
  signer: SignerData,
  key: Extract<PublicKey, { kind: 'multisig' }>,
  data: Extract<SignatureData, { kind: 'multi' }>,
): void {
  const size = bitCount(data.bits);
  const { threshold, keys } = key;
  if (keys.length !== size) throw new Refusal(`bit array size is incorrect, expecting: ${keys.length}`);
  if (data.members.length < threshold || data.members.length > size) {
    throw new Refusal(`signature size is incorrect ${data.members.length}`);
  }
  const signed = setBits(data.bits);
  if (signed.length < threshold) {
    throw new Refusal(`not enough signatures set, have ${signed.length}, expected ${threshold}`);
  }
  for (const [position, index] of signed.entries()) {
    const member = keys[index];
    const signature = data.members[position];
    if (member === undefined || signature === undefined) throw new Error(`member ${index} has no key or signature`);
    if (signature.kind === 'single') {
      if (isGood(tx, signer, member, signature)) continue;
      throw new Refusal(`unable to verify signature at index ${index}`);
    }
    if (member.kind !== 'multisig' || signature.kind === 'none')
      throw new Refusal(`unable to parse pubkey of index ${index}`);
    verifyMembers(tx, signer, member, signature);
  }
}

function isGood(
  tx: Tx,
  signer: SignerData,
  key: PublicKey,
  { mode, signature }: Extract<SignatureData, { kind: 'single' }>,
): boolean {
  const signBytes = signModes.get(mode);
  if (signBytes === undefined) throw new Refusal(`unsupported sign mode ${signing.signModeToJSON(mode)}`);
  // Only such keys sign alone; the others have been refused when their gas was charged.
  if (key.kind !== 'secp256k1') throw new Error(`a key of kind ${key.kind} cannot sign alone`);
  let bytes: Uint8Array;
  try {
    bytes = signBytes(tx, signer);
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
  return isEcdsa(signature, hash('sha256', bytes, 'buffer'), key.bytes);
}

/** libsecp256k1 refuses high-S signatures by itself, and throws on sizes and points that are none. */
export function isEcdsa(signature: Uint8Array, digest: Uint8Array, point: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return secp256k1.ecdsaVerify(signature, digest, point);
  } catch {
    return false;
  }
}
