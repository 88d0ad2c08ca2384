/** What anyone needs to compute a round again from its proofs. Pure. */
import { sha256 } from '@noble/hashes/sha2.js';
import { proofToHash } from './ecvrf.ts';

/** Stands for the value of round 0, which nobody made. */
export const VALUE_BEFORE_FIRST_ROUND = new Uint8Array(32);

const domain = new TextEncoder().encode('infinet/beacon');
const keyDomain = new TextEncoder().encode('infinet/vrf-key');

/** Input of every validator's function: SHA-256("infinet/beacon" || chain id || previous value || u64be round). */
export function roundAlpha(chainId: string, previousValue: Uint8Array, round: bigint): Uint8Array {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(round);
  return sha256(Uint8Array.from(Buffer.concat([domain, Buffer.from(chainId, 'utf8'), previousValue, number])));
}

/**
 * What a key proves to be registered: SHA-256("infinet/vrf-key" || u8 length of chain id || chain id || operator address).
 * No round ever has this input, and no other operator or chain.
 */
export function keyProofAlpha(chainId: string, operator: Uint8Array): Uint8Array {
  const id = Buffer.from(chainId, 'utf8');
  return sha256(Uint8Array.from(Buffer.concat([keyDomain, Uint8Array.of(id.length), id, operator])));
}

/** Value of a round: SHA-256 of the outputs (64 bytes each) of these verified proofs, in the order of the operators. */
export function roundValue(proofs: readonly Uint8Array[]): Uint8Array {
  const outputs = proofs.map((proof) => {
    const output = proofToHash(proof);
    if (output === undefined) throw new Error('a proof that was never verified stands in the round');
    return output;
  });
  return sha256(Uint8Array.from(Buffer.concat(outputs)));
}
