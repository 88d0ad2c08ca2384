import { multisig } from '../../sdk/codec/index.ts';
import { failUnregistered } from '../errors.ts';
import type { BitArray, SignerMode } from './tx.ts';
import { equalBytes } from './wire.ts';

/** A signer's mode together with its signature; those of a multisignature's members nest. */
export type SignatureData =
  | { readonly kind: 'single'; readonly mode: number; readonly signature: Uint8Array }
  | { readonly kind: 'multi'; readonly bits: BitArray; readonly members: readonly SignatureData[] };

/**
 * Pairs modes with signatures (SDK `ModeInfoAndSigToSignatureData`). A multisignature is an encoded
 * `cosmos.crypto.multisig.v1beta1.MultiSignature`; other bytes are refused with code 1 `undefined`. Throws an `Error`
 * without a mode and where modes and signatures are not equally many, as the SDK panics.
 */
export function readSignature(mode: SignerMode, signature: Uint8Array): SignatureData {
  switch (mode.kind) {
    case 'none':
      throw new Error('a signer info has no mode');
    case 'single':
      return { kind: 'single', mode: mode.mode, signature };
    case 'multi': {
      const signatures = readMultiSignature(signature);
      if (signatures.length !== mode.members.length) {
        throw new Error(`${mode.members.length} modes have ${signatures.length} signatures`);
      }
      const members = mode.members.map((member, index) => readSignature(member, signatures[index] ?? new Uint8Array()));
      return { kind: 'multi', bits: mode.bits, members };
    }
  }
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

/** What indexers find a tx by: every signature, a multisignature's members before itself (SDK `signatureDataToBz`). */
export function flatSignatures(data: SignatureData): Uint8Array[] {
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
