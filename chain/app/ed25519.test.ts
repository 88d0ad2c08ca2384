import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyEd25519 } from './ed25519.ts';
import { validatorOf } from './testing/votes.ts';

const { publicKey, privateKey } = validatorOf('someone', 1n);
const message = Buffer.from('a vote');
const signature = Uint8Array.from(sign(null, message, privateKey));

describe('Ed25519 signatures of validators', () => {
  it('are good for their key and message only', () => {
    expect(verifyEd25519(publicKey, message, signature)).toBe(true);
    expect(verifyEd25519(publicKey, Buffer.from('a lie'), signature)).toBe(false);
    expect(verifyEd25519(validatorOf('other', 1n).publicKey, message, signature)).toBe(false);
    expect(verifyEd25519(publicKey.subarray(1), message, signature)).toBe(false);
    expect(verifyEd25519(publicKey, message, new Uint8Array(63))).toBe(false);
  });

  it('of a small-order key and nonce are good, as ZIP 215 and CometBFT say and OpenSSL does not', () => {
    // The point of order 2 is (0, -1): y = p - 1. With S = 0 the equation holds after multiplying by the cofactor.
    const orderTwo = Uint8Array.from(Buffer.from(`ec${'ff'.repeat(30)}7f`, 'hex'));
    const identity = Uint8Array.from([1, ...new Uint8Array(31)]);
    for (const nonce of [orderTwo, identity]) {
      expect(verifyEd25519(orderTwo, message, Uint8Array.from([...nonce, ...new Uint8Array(32)]))).toBe(true);
    }
  });
});
