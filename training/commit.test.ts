import { describe, expect, it } from 'vitest';
import { decodeLeaves, encodeLeaves, leafHash, runSeed, StepTree, stepRoot, verifyLeaf } from './commit.ts';
import { sha256 } from './merkle.ts';

const leaves = Array.from({ length: 21 }, (_, t) => ({
  stateRoot: sha256(Uint8Array.of(t, 0)),
  batchDigest: sha256(Uint8Array.of(t, 1)),
}));
const tree = new StepTree(7n, leaves);

describe('the commitment of a run', () => {
  it('opens every leaf together with the one before', () => {
    for (let t = 0; t <= 20; t += 1) {
      const { previous, current } = tree.openUnit(t);
      expect(verifyLeaf(7n, tree.root, 21, t, current)).toBe(true);
      expect(previous === undefined).toBe(t === 0);
      if (previous !== undefined) expect(verifyLeaf(7n, tree.root, 21, t - 1, previous)).toBe(true);
    }
    expect(() => tree.open(21)).toThrow('no leaf 21');
  });

  it('binds the run, the place, the contents and the number of leaves', () => {
    const leaf = tree.open(5);
    expect(verifyLeaf(8n, tree.root, 21, 5, leaf)).toBe(false);
    expect(verifyLeaf(7n, tree.root, 21, 4, leaf)).toBe(false);
    expect(verifyLeaf(7n, tree.root, 22, 5, leaf)).toBe(false);
    expect(verifyLeaf(7n, tree.root, 21, 5, { ...leaf, stateRoot: leaf.batchDigest })).toBe(false);
    expect(verifyLeaf(7n, tree.root, 21, 5, { ...leaf, stateRoot: leaf.stateRoot.subarray(1) })).toBe(false);
    expect(() => verifyLeaf(7n, tree.root, 21, 5, { ...leaf, path: leaf.path.subarray(32) })).toThrow('path of leaf 5');
    expect(stepRoot(7n, leaves.slice(0, 20))).not.toEqual(tree.root);
  });

  it('serves its leaves as 64 bytes each', () => {
    const bytes = encodeLeaves(leaves);
    expect(bytes).toHaveLength(21 * 64);
    expect(stepRoot(7n, decodeLeaves(bytes))).toEqual(tree.root);
    expect(() => decodeLeaves(bytes.subarray(1))).toThrow('64 bytes');
  });

  it('never changes a byte', () => {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    const zero = { stateRoot: new Uint8Array(32), batchDigest: new Uint8Array(32) };
    expect(hex(leafHash(1n, 2, zero))).toBe('83ff4af8f68601a61ea1809b0eefd03a94898200d50882e125b4ce022ff67d1e');
    expect(hex(stepRoot(1n, [zero, zero, zero]))).toBe(
      'd10cd7fdbc3dcf8fba701e210769c9644eebc3087d8e69924c18e4d8254db068',
    );
    expect(hex(runSeed(new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)))).toBe(
      '2ea9ab9198d1638007400cd2c3bef1cc745b864b76011a0e1bc52180ac6452d4',
    );
  });
});
