import { multisig } from '../../sdk/codec/index.ts';
import { failUnregistered } from '../errors.ts';
import type { BitArray, SignerMode, Tx } from './tx.ts';
import { equalBytes } from './wire.ts';

/** A signer's mode together with its signature; those of a multisignature's members nest. */
export type SignatureData =
  | { readonly kind: 'single'; readonly mode: number; readonly signature: Uint8Array }
  | { readonly kind: 'multi'; readonly bits: BitArray; readonly members: readonly SignatureData[] }
  /** Of a signer without mode info: nothing is known of the signature. */
  | { readonly kind: 'none' };

/**
 * Pairs modes with signatures (SDK `ModeInfoAndSigToSignatureData`). A multisignature is an encoded
 * `cosmos.crypto.multisig.v1beta1.MultiSignature`; other bytes are refused with code 1 `undefined`. Throws an `Error` where a
 * mode is empty, a member has none, or modes and signatures are not equally many, as the SDK panics.
 */
export function readSignature(mode: SignerMode, signature: Uint8Array): SignatureData {
  switch (mode.kind) {
    case 'none':
      return { kind: 'none' };
    case 'empty':
      throw new Error('a mode info is empty');
    case 'single':
      return { kind: 'single', mode: mode.mode, signature };
    case 'multi': {
      const signatures = readMultiSignature(signature);
      if (signatures.length !== mode.members.length) {
        throw new Error(`${mode.members.length} modes have ${signatures.length} signatures`);
      }
      const members = mode.members.map((member, index) => {
        if (member.kind === 'none') throw new Error('a member of a multisignature has no mode');
        return readSignature(member, signatures[index] ?? new Uint8Array());
      });
      return { kind: 'multi', bits: mode.bits, members };
    }
  }
}

/** What each signer info says of its signature. Throws an `Error` where there is none for it, as the SDK panics. */
export function signatureDataOf({ signerInfos, signatures }: Pick<Tx, 'signerInfos' | 'signatures'>): SignatureData[] {
  return signerInfos.map(({ mode }, index) => {
    const signature = signatures[index];
    if (signature === undefined && mode.kind !== 'none') throw new Error(`signer info ${index} has no signature`);
    return readSignature(mode, signature ?? new Uint8Array());
  });
}

/** Whether nothing of a signature is left open for simulation (SDK `isIncompleteSignature`). */
export function isComplete(data: SignatureData): boolean {
  if (data.kind === 'none') return false;
  if (data.kind === 'single') return data.signature.length > 0;
  return data.members.length > 0 && data.members.every(isComplete);
}

function readMultiSignature(bytes: Uint8Array): readonly Uint8Array[] {
  const { MultiSignature } = multisig;
  let decoded: multisig.MultiSignature;
  try {
    decoded = MultiSignature.decode(bytes);
  } catch (error) {
    failUnregistered(error instanceof Error ? error.message : 'malformed MultiSignature');
  }
  // Anybody could bloat a tx on its way with fields that nothing reads.
  if (!equalBytes(MultiSignature.encode(decoded).finish(), bytes)) {
    failUnregistered('rejecting unrecognized fields found in MultiSignature');
  }
  return decoded.signatures;
}

/**
 * What indexers find a tx by: every signature, a multisignature's members before itself (SDK `signatureDataToBz`). Refuses a
 * signer without mode info with code 1 `undefined`.
 */
export function flatSignatures(data: SignatureData): Uint8Array[] {
  if (data.kind === 'none') failUnregistered('got empty SignatureData');
  if (data.kind === 'single') return [data.signature];
  const signatures = data.members.flatMap(flatSignatures);
  return [...signatures, multisig.MultiSignature.encode({ signatures }).finish()];
}

/** Number of bits; negative for an array that claims bits and has no bytes. */
export function bitCount({ extraBits, bytes }: BitArray): number {
  return extraBits === 0 ? bytes.length * 8 : (bytes.length - 1) * 8 + extraBits;
}

/** Indexes of the bits that are set. Throws an `Error` where the array claims more bits than its bytes hold. */
export function setBits(array: BitArray): number[] {
  const found: number[] = [];
  for (let index = 0; index < bitCount(array); index++) {
    const byte = array.bytes[index >> 3];
    if (byte === undefined) throw new Error(`bit ${index} is beyond the array`);
    if ((byte & (1 << (7 - (index % 8)))) !== 0) found.push(index);
  }
  return found;
}
