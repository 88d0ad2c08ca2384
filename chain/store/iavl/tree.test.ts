import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { compareKeys, inRange } from '../overlay.ts';
import { type Child, emptyTreeHash, heightOf, type Node, NodeHasher, sizeOf } from './node.ts';
import { nodeCount, postOrder, TreeBuilder, writeNode } from './nodeStream.ts';
import { Tree } from './tree.ts';

/** Few and short keys, so that overwrites and deletions hit; any byte, so that order is byte order. */
const key = fc
  .array(fc.constantFrom(0, 1, 65, 127, 128, 255), { minLength: 1, maxLength: 3 })
  .map((bytes) => String.fromCharCode(...bytes));
const write = fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 4 }), { freq: 3 }));
const history = fc.array(fc.array(write, { maxLength: 30 }), { minLength: 1, maxLength: 8 });
const range = fc.record({
  start: fc.option(key, { nil: undefined }),
  end: fc.option(key, { nil: undefined }),
  reverse: fc.boolean(),
});

type Model = Map<string, Uint8Array>;

/** Every version of a history, with what it should hold. */
function versions(
  blocks: readonly (readonly (readonly [string, Uint8Array | null])[])[],
): { tree: Tree; model: Model }[] {
  const hasher = new NodeHasher();
  let tree = new Tree();
  const model: Model = new Map();
  return blocks.map((writes, index) => {
    const editor = tree.edit();
    for (const [k, value] of writes) {
      if (value === null) {
        editor.delete(k);
        model.delete(k);
      } else {
        editor.set(k, value);
        model.set(k, value);
      }
    }
    tree = editor.save(index + 1, hasher).tree;
    return { tree, model: new Map(model) };
  });
}

/** Order of the keys, balance, sizes and heights of every node below; returns the smallest and the largest key. */
function checkShape(node: Child): [smallest: string, largest: string] {
  if (node.kind === 'stub') throw new Error('a tree in memory holds a stub');
  if (node.kind === 'leaf') return [node.key, node.key];
  const [first, leftLast] = checkShape(node.left);
  const [rightFirst, last] = checkShape(node.right);
  expect(leftLast < rightFirst && node.key === rightFirst).toBe(true);
  expect(Math.abs(heightOf(node.left) - heightOf(node.right))).toBeLessThanOrEqual(1);
  expect(node.height).toBe(1 + Math.max(heightOf(node.left), heightOf(node.right)));
  expect(node.size).toBe(sizeOf(node.left) + sizeOf(node.right));
  return [first, last];
}

describe('an IAVL tree', () => {
  it('becomes the same by all changes of a block at once as by one after the other', () => {
    fc.assert(
      fc.property(history, (blocks) => {
        const hasher = new NodeHasher();
        let atOnce = new Tree();
        let oneByOne = new Tree();
        let nextId = 1;
        for (const [index, writes] of blocks.entries()) {
          const changes = [...new Map(writes)].sort(([a], [b]) => compareKeys(a, b));
          const [whole, steps] = [atOnce.edit(), oneByOne.edit()];
          whole.apply(changes);
          for (const [k, value] of changes) value === null ? steps.delete(k) : steps.set(k, value);
          const [a, b] = [whole, steps].map((editor) => editor.save(index + 1, hasher, nextId));
          expect(a?.tree.hash).toBe(b?.tree.hash);
          expect(a?.created.map(({ id, hash }) => [id, hash])).toEqual(b?.created.map(({ id, hash }) => [id, hash]));
          expect(new Set(a?.orphans)).toEqual(new Set(b?.orphans));
          expect(a?.orphans.length).toBe(b?.orphans.length);
          if (a === undefined || b === undefined) return;
          nextId += a.created.length;
          [atOnce, oneByOne] = [a.tree, b.tree];
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds what a sorted map holds, in every version and range, forwards and backwards', () => {
    fc.assert(
      fc.property(history, range, key, (blocks, asked, anyKey) => {
        for (const { tree, model } of versions(blocks)) {
          if (tree.root) checkShape(tree.root);
          expect(tree.size).toBe(model.size);
          const expected = [...model].filter(([k]) => inRange(k, asked)).sort(([a], [b]) => compareKeys(a, b));
          expect([...tree.iterate(asked)]).toEqual(asked.reverse ? expected.reverse() : expected);
          expect(tree.get(anyKey)).toEqual(model.get(anyKey));
          expect(tree.has(anyKey)).toBe(model.has(anyKey));
        }
      }),
    );
  });

  it('comes back from its node stream with the same root and the same shape', () => {
    fc.assert(
      fc.property(history, (blocks) => {
        for (const { tree } of versions(blocks)) {
          const writer = new ByteWriter();
          for (const node of postOrder(tree)) writeNode(writer, node);
          const reader = new ByteReader(writer.take());
          const builder = new TreeBuilder(new NodeHasher());
          const nodes = new Map<number, Node>();
          for (let left = nodeCount(tree.size); left > 0; left--) {
            const node = builder.add(reader);
            nodes.set(node.id, node);
          }
          expect(reader.atEnd).toBe(true);
          const copy = new Tree(builder.finish(), { load: (stub) => nodes.get(stub.id) ?? expect.fail() });
          expect(copy.hash).toBe(tree.hash);
          expect([...copy.iterate({})]).toEqual([...tree.iterate({})]);
          const shape = (t: Tree) =>
            [...postOrder(t)].map((node) => [heightOf(node), node.version, node.key, node.hash]);
          expect(shape(copy)).toEqual(shape(tree));
        }
      }),
    );
  });

  it('hashes to SHA-256 of nothing once its last entry is gone', () => {
    const hasher = new NodeHasher();
    const one = new Tree().edit();
    one.set('a', new Uint8Array(1));
    const none = one.save(1, hasher).tree.edit();
    none.delete('a');
    expect(none.save(2, hasher).tree.hash).toBe(emptyTreeHash);
  });

  it('keeps its root when a block deletes nothing but absent keys, and changes it when a value is written anew', () => {
    const hasher = new NodeHasher();
    const first = new Tree().edit();
    for (let i = 0; i < 20; i++) first.set(`k${i}`, Buffer.from('v'));
    const { tree } = first.save(1, hasher);
    const absent = tree.edit();
    absent.delete('k');
    absent.delete('k99');
    expect(absent.save(2, hasher).tree).toEqual(tree);
    const same = tree.edit();
    same.set('k7', Buffer.from('v'));
    expect(same.save(2, hasher).tree.hash).not.toBe(tree.hash);
  });

  it('hashes keys of any length', () => {
    const hasher = new NodeHasher();
    const editor = new Tree().edit();
    for (const length of [1, 127, 128, 1000, 100_000]) editor.set('x'.repeat(length), Buffer.alloc(length));
    expect(Buffer.from(editor.save(1, hasher).tree.hash, 'latin1')).toHaveLength(32);
  });
});
