import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contributionCommitment, mergeSketches, rowSketch, SKETCH_VALUES, sketchSimilarity } from './formulas.ts';

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);

describe('contributionCommitment', () => {
  it('is SHA-256 over root, sender and salt (frozen bytes)', () => {
    const commitment = contributionCommitment(bytes(32, 1), bytes(20, 2), bytes(32, 3));
    expect(Buffer.from(commitment).toString('hex')).toBe(
      '53501d2ce639a4b6151b415fbbe7a8fc3576d7ebe345e0e171d492bab05967dc',
    );
  });

  it('changes with the root, the sender and the salt', () => {
    const all = [
      contributionCommitment(bytes(32, 1), bytes(20, 2), bytes(32, 3)),
      contributionCommitment(bytes(32, 9), bytes(20, 2), bytes(32, 3)),
      contributionCommitment(bytes(32, 1), bytes(20, 9), bytes(32, 3)),
      contributionCommitment(bytes(32, 1), bytes(20, 2), bytes(32, 9)),
    ].map((commitment) => Buffer.from(commitment).toString('hex'));
    expect(new Set(all).size).toBe(4);
  });

  it('refuses a root or salt of another length, which would let two inputs share one commitment', () => {
    expect(() => contributionCommitment(bytes(31, 1), bytes(21, 2), bytes(32, 3))).toThrow('32 bytes');
    expect(() => contributionCommitment(bytes(32, 1), bytes(20, 2), bytes(31, 3))).toThrow('32 bytes');
  });
});

describe('rowSketch and sketchSimilarity', () => {
  const row = fc.array(fc.string({ maxLength: 4 }), { minLength: 1, maxLength: 3 });

  it('do not depend on the order of rows, on case or on surrounding space', () => {
    const tidy = [
      ['a', 'b'],
      ['c', 'd'],
    ];
    const untidy = [
      [' C', 'D '],
      ['A', 'b'],
    ];
    expect(rowSketch(untidy)).toEqual(rowSketch(tidy));
    expect(sketchSimilarity(rowSketch(tidy), rowSketch(untidy))).toBe(1_000_000n);
  });

  it('tell cells from joined cells', () => {
    expect(rowSketch([['ab', 'c']])).not.toEqual(rowSketch([['a', 'bc']]));
  });

  it('give ascending values, at most as many as asked, the same for any order', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const sketch = rowSketch(rows);
        expect(sketch.length).toBeLessThanOrEqual(SKETCH_VALUES);
        expect(sketch).toEqual([...new Set(sketch)].sort((a, b) => (a < b ? -1 : 1)));
        expect(rowSketch([...rows].reverse())).toEqual(sketch);
      }),
    );
  });

  it('can be made piece by piece', () => {
    fc.assert(
      fc.property(fc.array(row), fc.array(row), (first, second) => {
        expect(mergeSketches(rowSketch(first), rowSketch(second))).toEqual(rowSketch([...first, ...second]));
      }),
    );
  });

  it('estimate the similarity of tables that overlap', () => {
    const table = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => [String(from + at), 'measured']);
    const half = sketchSimilarity(rowSketch(table(0, 1000), 512), rowSketch(table(500, 1500), 512));
    expect(Number(half)).toBeGreaterThan(260_000);
    expect(Number(half)).toBeLessThan(410_000);
    expect(sketchSimilarity(rowSketch(table(0, 100)), rowSketch(table(100, 200)))).toBe(0n);
    expect(sketchSimilarity([], rowSketch(table(0, 3)))).toBe(0n);
  });
});
