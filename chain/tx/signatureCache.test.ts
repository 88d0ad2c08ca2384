import { describe, expect, it } from 'vitest';
import { SignatureCache } from './signatureCache.ts';

const point = new Uint8Array(33).fill(2);
const signer = { chainId: 'a', accountNumber: 1n, sequence: 2n };
const tx = Uint8Array.of(1, 2, 3);

describe('the signature cache', () => {
  it('knows a signature only for the same tx, place, key, chain, account and sequence', () => {
    const cache = new SignatureCache(10);
    cache.add(tx, 0, point, signer);
    expect(cache.has(tx, 0, point, signer)).toBe(true);
    expect(cache.has(Uint8Array.of(1, 2, 4), 0, point, signer)).toBe(false);
    expect(cache.has(tx, 1, point, signer)).toBe(false);
    expect(cache.has(tx, 0, new Uint8Array(33), signer)).toBe(false);
    expect(cache.has(tx, 0, point, { ...signer, chainId: 'b' })).toBe(false);
    expect(cache.has(tx, 0, point, { ...signer, accountNumber: 2n })).toBe(false);
    expect(cache.has(tx, 0, point, { ...signer, sequence: 3n })).toBe(false);
  });

  it('forgets the oldest tx when it is full', () => {
    const cache = new SignatureCache(2);
    const txs = [1, 2, 3].map((byte) => Uint8Array.of(byte));
    for (const bytes of txs) cache.add(bytes, 0, point, signer);
    expect(txs.map((bytes) => cache.has(bytes, 0, point, signer))).toEqual([false, true, true]);
  });
});
