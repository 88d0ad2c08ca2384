import { describe, expect, it } from 'vitest';
import { SignatureCache } from './signatureCache.ts';
import type { Tx } from './tx.ts';

const point = new Uint8Array(33).fill(2);
const signer = { chainId: 'a', accountNumber: 1n, sequence: 2n };

function txOf(...bytes: number[]): Tx {
  return {
    bytes: Uint8Array.from(bytes),
    bodyBytes: new Uint8Array(),
    authInfoBytes: new Uint8Array(),
    signatures: [],
    messages: [],
    rawMessages: [],
    memo: '',
    hasUnknownFields: false,
    timeoutHeight: 0n,
    signerInfos: [],
    fee: undefined,
  };
}

describe('the signature cache', () => {
  it('knows a signature only for the same tx, place, key, chain, account and sequence', () => {
    const cache = new SignatureCache();
    const tx = txOf(1, 2, 3);
    cache.add(tx, 0, point, signer);
    expect(cache.has(tx, 0, point, signer)).toBe(true);
    expect(cache.has(txOf(1, 2, 4), 0, point, signer)).toBe(false);
    expect(cache.has(tx, 1, point, signer)).toBe(false);
    expect(cache.has(tx, 0, new Uint8Array(33), signer)).toBe(false);
    expect(cache.has(tx, 0, point, { ...signer, chainId: 'b' })).toBe(false);
    expect(cache.has(tx, 0, point, { ...signer, accountNumber: 2n })).toBe(false);
    expect(cache.has(tx, 0, point, { ...signer, sequence: 3n })).toBe(false);
  });

  it('verifies a tx anew that was decoded anew, even if its bytes are the same', () => {
    const cache = new SignatureCache();
    cache.add(txOf(1), 0, point, signer);
    expect(cache.has(txOf(1), 0, point, signer)).toBe(false);
  });
});
