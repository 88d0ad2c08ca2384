import { type ByteReader, type ByteWriter, FormatError } from '../bytes.ts';
import type { ByteString } from '../kv.ts';
import { heightOf, Inner, Leaf, type Node, type NodeHasher } from './node.ts';
import { Tree } from './tree.ts';

/** The nodes of a tree, children before their parents, left before right. */
export function* postOrder(tree: Tree): Generator<Node> {
  const pending: { node: Node; entered: boolean }[] =
    tree.root === undefined ? [] : [{ node: tree.root, entered: false }];
  for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
    if (top.node.leaf || top.entered) {
      pending.pop();
      yield top.node;
      continue;
    }
    top.entered = true;
    pending.push({ node: top.node.right, entered: false }, { node: top.node.left, entered: false });
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
  if (!node.leaf) return;
  writer.string(node.key);
  writer.bytes(node.value);
}

/** Builds a tree from its nodes in post-order, hashing each. */
export class TreeBuilder {
  readonly #hasher: NodeHasher;
  readonly #done: { node: Node; smallest: ByteString }[] = [];
  #previous: ByteString | undefined;

  constructor(hasher: NodeHasher) {
    this.#hasher = hasher;
  }

  /** Reads one node; throws `FormatError` for one that no tree could hold at this place. */
  add(reader: ByteReader): void {
    const height = reader.varint();
    const version = reader.varint();
    const built = height === 0 ? this.#leaf(reader) : this.#inner(height);
    built.node.version = version;
    this.#hasher.rehash(built.node);
    this.#done.push(built);
  }

  finish(): Tree {
    if (this.#done.length > 1) throw new FormatError('holds nodes without a parent');
    return new Tree(this.#done[0]?.node);
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
    const node = new Inner(right.smallest, left.node, right.node);
    node.measure();
    if (node.height !== height) throw new FormatError('holds a node of another height than its children give');
    return { node, smallest: left.smallest };
  }
}
