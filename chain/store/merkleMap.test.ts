import { hash } from 'node:crypto';
import { ics23, tendermintSpec, verifyMembership } from '@confio/ics23';
import { describe, expect, it } from 'vitest';
import { MerkleMap } from './merkleMap.ts';

const hashOf = (name: string) => hash('sha256', name, 'buffer');
const mapOf = (names: readonly string[]) => new MerkleMap(new Map(names.map((name) => [name, hashOf(name)])));

describe('the Merkle map of store names', () => {
  it('proves each of any number of stores, and no other hash or name', () => {
    for (let count = 1; count <= 20; count++) {
      const names = Array.from({ length: count }, (_, i) => `store${(i * 7) % count}`);
      const map = mapOf(names);
      for (const name of names) {
        const proof = ics23.CommitmentProof.decode(map.prove(name));
        const verify = (key: string, value: Uint8Array) =>
          verifyMembership(proof, tendermintSpec, map.root, Buffer.from(key), value);
        expect(verify(name, hashOf(name))).toBe(true);
        expect(verify(name, hashOf('other'))).toBe(false);
        expect(verify(`${name}0`, hashOf(name))).toBe(false);
      }
    }
  });

  it('does not depend on the order in which the stores are named', () => {
    expect(mapOf(['bank', 'acc', 'staking']).root).toEqual(mapOf(['staking', 'acc', 'bank']).root);
  });

  it('hashes to SHA-256 of nothing without stores, and refuses names it cannot encode', () => {
    expect(mapOf([]).root).toEqual(hashOf(''));
    expect(() => mapOf([''])).toThrow('empty or too long');
    expect(() => mapOf(['bank']).prove('gov')).toThrow('no store is called gov');
  });
});
