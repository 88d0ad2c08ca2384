import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isValidPublicKey, proofToHash, prove, publicKey, verify } from './ecvrf.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** RFC 9381, appendix B.3 (ECVRF-EDWARDS25519-SHA512-TAI), examples 16, 17 and 18. */
const vectors = [
  {
    example: 16,
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    alpha: '',
    proof:
      '8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f479d97' +
      '27d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805',
    output:
      '90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff66b71dda49d2de59d03450451af02679' +
      '8e8f81cd2e333de5cdf4f3e140fdd8ae',
  },
  {
    example: 17,
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    alpha: '72',
    proof:
      'f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465' +
      '301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02',
    output:
      'eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b54c70a848' +
      'a0bef4553a41befc57663b56373a5031',
  },
  {
    example: 18,
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    alpha: 'af82',
    proof:
      '9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9ea3c0' +
      'e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e',
    output:
      '645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c452118fec1219202a0edcf038bb6373241' +
      '578be7217ba85a2687f7a0310b2df19f',
  },
] as const;

const [first] = vectors;

describe('ECVRF-EDWARDS25519-SHA512-TAI', () => {
  for (const vector of vectors) {
    it(`gives the bytes of RFC 9381's example ${vector.example}`, () => {
      const alpha = hex(vector.alpha);
      expect(toHex(publicKey(hex(vector.seed)))).toBe(vector.key);
      expect(toHex(prove(hex(vector.seed), alpha))).toBe(vector.proof);
      expect(toHex(verify(hex(vector.key), alpha, hex(vector.proof)))).toBe(vector.output);
      expect(toHex(proofToHash(hex(vector.proof)))).toBe(vector.output);
    });
  }

  it('accepts what it proves, and nothing for another input or another key', () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const input = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(bytes32, bytes32, input, input, (seed, otherSeed, alpha, otherAlpha) => {
        fc.pre(toHex(seed) !== toHex(otherSeed) && toHex(alpha) !== toHex(otherAlpha));
        const proof = prove(seed, alpha);
        expect(verify(publicKey(seed), alpha, proof)).toEqual(proofToHash(proof));
        expect(verify(publicKey(seed), otherAlpha, proof)).toBeUndefined();
        expect(verify(publicKey(otherSeed), alpha, proof)).toBeUndefined();
      }),
      { numRuns: 10 },
    );
  });

  it('refuses a proof with any one bit changed', () => {
    const key = hex(first.key);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 * 8 - 1 }), (bit) => {
        const proof = hex(first.proof);
        proof[bit >> 3] = (proof[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verify(key, new Uint8Array(), proof)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('refuses proofs of any other length without throwing', () => {
    for (const length of [0, 1, 79, 81, 160]) {
      expect(verify(hex(first.key), new Uint8Array(), new Uint8Array(length))).toBeUndefined();
    }
    expect(proofToHash(new Uint8Array(79))).toBeUndefined();
  });

  it('refuses the same proof with its scalar written as s + order, so that a proof has one form', () => {
    const proof = hex(first.proof);
    const s = BigInt(`0x${toHex(proof.slice(48).reverse())}`) + ed25519.Point.Fn.ORDER;
    proof.set(hex(s.toString(16).padStart(64, '0')).reverse(), 48);
    expect(verify(hex(first.key), new Uint8Array(), proof)).toBeUndefined();
  });

  it('refuses keys of small order, with which every input would have the same output', () => {
    for (const point of ED25519_TORSION_SUBGROUP) {
      expect(isValidPublicKey(hex(point))).toBe(false);
      expect(verify(hex(point), new Uint8Array(), hex(first.proof))).toBeUndefined();
    }
  });

  it('refuses keys that are no point, not canonical or too short', () => {
    const notCanonical = 'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f';
    for (const key of ['02'.padEnd(64, '0'), notCanonical, 'ff'.repeat(32), first.key.slice(2)]) {
      expect(isValidPublicKey(hex(key))).toBe(false);
    }
    expect(isValidPublicKey(hex(first.key))).toBe(true);
  });
});
