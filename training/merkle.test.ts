import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentRoot,
  emptyRoot,
  equalBytes,
  foldFrontier,
  frontier,
  hashLeaf,
  MerkleError,
  MerkleTree,
  merkleRoot,
  pathLength,
  rootFromPath,
  verifyChunk,
} from './merkle.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => hashLeaf(Uint8Array.of(i & 255, i >> 8)));

/** Inputs and roots of the reference tests of Certificate Transparency (RFC 6962), trees of 1 to 8 leaves. */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the Merkle tree', () => {
  it('has the roots of RFC 6962', () => {
    expect(hex(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const leaves = INPUTS.map((input) => hashLeaf(Buffer.from(input, 'hex')));
    expect(ROOTS.map((_, i) => hex(merkleRoot(leaves.slice(0, i + 1))))).toEqual(ROOTS);
  });

  it('cuts an artifact into chunks of 1,024 bytes, the last one short', () => {
    const bytes = new Uint8Array(2_100).map((_, i) => i * 7);
    const chunks = [bytes.subarray(0, 1024), bytes.subarray(1024, 2048), bytes.subarray(2048)];
    expect(contentRoot(bytes)).toEqual(merkleRoot(chunks.map(hashLeaf)));
    const path = MerkleTree.ofContent(bytes).path(2);
    expect(verifyChunk(contentRoot(bytes), 2_100, 2, bytes.subarray(2048), path)).toBe(true);
    expect(verifyChunk(contentRoot(bytes), 2_100, 2, bytes.subarray(2047), path)).toBe(false);
  });

  it('proves every leaf at its place, and at no other', () => {
    for (const size of [1, 2, 3, 5, 8, 98, 129]) {
      const leaves = leavesOf(size);
      const tree = new MerkleTree(leaves);
      leaves.forEach((leaf, index) => {
        const path = tree.path(index);
        expect(path.length).toBe(32 * pathLength(index, size));
        expect(equalBytes(rootFromPath(leaf, index, size, path), tree.root)).toBe(true);
      });
    }
  });

  it('refuses a proof with a flipped bit, another index, or another number of siblings', () => {
    const leaves = leavesOf(13);
    const tree = new MerkleTree(leaves);
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.nat(1_000), (index, other, bit) => {
        const leaf = leaves[index] ?? new Uint8Array(0);
        const path = tree.path(index);
        const bad = path.slice();
        const at = bit % (path.length * 8);
        bad[at >> 3] = (bad[at >> 3] ?? 0) ^ (1 << (at & 7));
        expect(equalBytes(rootFromPath(leaf, index, 13, bad), tree.root)).toBe(false);
        expect(() => rootFromPath(leaf, index, 13, path.subarray(32))).toThrow(MerkleError);
        if (other !== index && pathLength(other, 13) * 32 === path.length) {
          expect(equalBytes(rootFromPath(leaf, other, 13, path), tree.root)).toBe(false);
        }
      }),
    );
    expect(() => rootFromPath(leaves[0] ?? new Uint8Array(0), 13, 13, tree.path(0))).toThrow('outside');
  });

  it('folds the nodes a few levels down to the root of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(8), (size, depth) => {
        const tree = new MerkleTree(leavesOf(size));
        const spans = frontier(size, depth);
        expect(spans.length).toBeLessThanOrEqual(2 ** depth);
        expect(spans.reduce((next, span) => (span.start === next ? next + span.count : -1), 0)).toBe(size);
        const hashes = spans.map(({ start, count }) => tree.node(start, count));
        expect(foldFrontier(hashes, size, depth)).toEqual(tree.root);
        expect(() => foldFrontier([...hashes, tree.root], size, depth)).toThrow(MerkleError);
      }),
    );
  });

  it('knows which spans are nodes', () => {
    const tree = new MerkleTree(leavesOf(11));
    expect(() => tree.node(1, 2)).toThrow(MerkleError);
    expect(() => tree.node(8, 4)).toThrow(MerkleError);
    expect(tree.node(8, 3)).toEqual(merkleRoot(leavesOf(11).slice(8)));
  });
});
