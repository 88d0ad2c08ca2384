import { type ByteReader, type ByteWriter, FormatError } from '../bytes.ts';
import type { ByteString } from '../kv.ts';
import { type Child, heightOf, Inner, Leaf, type Node, type NodeHasher, stubOf } from './node.ts';
import { loaded, type Tree } from './tree.ts';

/** The nodes of a tree, children before their parents, left before right; nodes on disk are read one by one. */
export function* postOrder(tree: Tree): Generator<Node> {
  const pending: { child: Child; entered: boolean }[] =
    tree.root === undefined ? [] : [{ child: tree.root, entered: false }];
  for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
    if (!top.entered) top.child = loaded(top.child, tree.source);
    const node = top.child;
    if (node.kind === 'stub') throw new Error('a loaded node is a stub');
    if (node.kind === 'leaf' || top.entered) {
      pending.pop();
      yield node;
      continue;
    }
    top.entered = true;
    pending.push({ child: node.right, entered: false }, { child: node.left, entered: false });
  }
}

/** How many nodes a tree of `size` entries has. */
export function nodeCount(size: number): number {
  return size === 0 ? 0 : size * 2 - 1;
}

/**
 * Height and version as varints, then a leaf's key and value, each with its length. An inner node needs no more: its key
 * is the smallest one on its right. The version has to be kept, since the shape of a tree and so its root depend on its
 * history.
 */
export function writeNode(writer: ByteWriter, node: Node): void {
  writer.varint(heightOf(node));
  writer.varint(node.version);
  if (node.kind !== 'leaf') return;
  writer.string(node.key);
  writer.bytes(node.value);
}

/** Builds a tree from its nodes in post-order, hashing each; it holds no more of them than the way to the root is long. */
export class TreeBuilder {
  readonly #hasher: NodeHasher;
  readonly #done: { child: Child; smallest: ByteString }[] = [];
  #previous: ByteString | undefined;
  #count = 0;

  constructor(hasher: NodeHasher) {
    this.#hasher = hasher;
  }

  /** Nodes read so far; the last one has this id. */
  get count(): number {
    return this.#count;
  }

  /**
   * Reads one node, which gets the next id, from 1 on, and whose children are stubs. Throws `FormatError` for one that no
   * tree could hold at this place.
   */
  add(reader: ByteReader): Node {
    const height = reader.varint();
    const version = reader.varint();
    const built = height === 0 ? this.#leaf(reader) : this.#inner(height);
    built.node.version = version;
    built.node.id = ++this.#count;
    this.#hasher.rehash(built.node);
    this.#done.push({ child: stubOf(built.node), smallest: built.smallest });
    return built.node;
  }

  /** The root, undefined for an empty tree. */
  finish(): Child | undefined {
    if (this.#done.length > 1) throw new FormatError('holds nodes without a parent');
    return this.#done[0]?.child;
  }

  #leaf(reader: ByteReader) {
    const key = reader.string();
    if (this.#previous !== undefined && key <= this.#previous) throw new FormatError('holds keys out of order');
    this.#previous = key;
    return { node: new Leaf(key, reader.bytes()), smallest: key };
  }

  #inner(height: number) {
    const right = this.#done.pop();
    const left = this.#done.pop();
    if (left === undefined || right === undefined) throw new FormatError('holds a node without children');
    const node = new Inner(right.smallest, left.child, right.child);
    node.measure();
    if (node.height !== height) throw new FormatError('holds a node of another height than its children give');
    return { node, smallest: left.smallest };
  }
}
