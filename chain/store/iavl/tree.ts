import type { ByteString, KeyRange, KVReader } from '../kv.ts';
import { emptyTreeHash, type HashString, heightOf, Inner, Leaf, type Node, type NodeHasher, sizeOf } from './node.ts';

/**
 * One saved version of an IAVL tree (cosmos/iavl v1): an AVL tree with the values in its leaves.
 *
 * Versions share the nodes that did not change between them, so keeping one costs only what later versions replaced.
 */
export class Tree implements KVReader {
  readonly root: Node | undefined;

  constructor(root?: Node) {
    this.root = root;
  }

  get hash(): HashString {
    return this.root === undefined ? emptyTreeHash : this.root.hash;
  }

  /** Number of entries. */
  get size(): number {
    return this.root === undefined ? 0 : sizeOf(this.root);
  }

  get(key: ByteString): Uint8Array | undefined {
    const leaf = this.root && leafTowards(this.root, key);
    return leaf?.key === key ? leaf.value : undefined;
  }

  has(key: ByteString): boolean {
    return this.root !== undefined && leafTowards(this.root, key).key === key;
  }

  *iterate({ start, end, reverse }: KeyRange): Generator<readonly [ByteString, Uint8Array]> {
    const pending: Node[] = this.root === undefined ? [] : [this.root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node.leaf) {
        if ((start === undefined || node.key >= start) && (end === undefined || node.key < end)) {
          yield [node.key, node.value];
        }
        continue;
      }
      const left = start === undefined || start < node.key ? node.left : undefined;
      const right = end === undefined || end > node.key ? node.right : undefined;
      const [first, second] = reverse ? [right, left] : [left, right];
      if (second) pending.push(second);
      if (first) pending.push(first);
    }
  }

  edit(): TreeEditor {
    return new TreeEditor(this.root);
  }
}

/** Changes towards the next version; the tree it started from stays as it is. */
export class TreeEditor {
  #root: Node | undefined;
  /** Whether the last insertion added a leaf, or replaced a value and left the shape alone. */
  #grown = false;
  /** Smallest key of the subtree a leaf was removed from, if the removal changed it. */
  #smallest: ByteString | undefined;

  constructor(root: Node | undefined) {
    this.#root = root;
  }

  set(key: ByteString, value: Uint8Array): void {
    this.#root = this.#root === undefined ? new Leaf(key, value) : this.#insert(this.#root, key, value);
  }

  /** Removing an absent key changes nothing, not even the versions of nodes. */
  delete(key: ByteString): void {
    if (this.#root === undefined || leafTowards(this.#root, key).key !== key) return;
    this.#root = this.#remove(this.#root, key);
    this.#smallest = undefined;
  }

  /** Stamps the new nodes with `version` and hashes them. The editor is spent after this. */
  save(version: number, hasher: NodeHasher): Tree {
    if (this.#root !== undefined) hasher.save(this.#root, version);
    return new Tree(this.#root);
  }

  #insert(node: Node, key: ByteString, value: Uint8Array): Node {
    if (node.leaf) {
      const added = new Leaf(key, value);
      this.#grown = key !== node.key;
      if (!this.#grown) return added;
      return key < node.key ? new Inner(node.key, added, node) : new Inner(key, node, added);
    }
    const inner = owned(node);
    if (key < inner.key) inner.left = this.#insert(inner.left, key, value);
    else inner.right = this.#insert(inner.right, key, value);
    return this.#grown ? balanced(inner) : inner;
  }

  #remove(node: Node, key: ByteString): Node | undefined {
    if (node.leaf) {
      this.#smallest = undefined;
      return undefined;
    }
    if (key < node.key) {
      const left = this.#remove(node.left, key);
      if (left === undefined) {
        this.#smallest = node.key;
        return node.right;
      }
      const inner = owned(node);
      inner.left = left;
      return balanced(inner);
    }
    const right = this.#remove(node.right, key);
    const smallest = this.#smallest;
    this.#smallest = undefined;
    if (right === undefined) return node.left;
    const inner = owned(node);
    inner.right = right;
    if (smallest !== undefined) inner.key = smallest;
    return balanced(inner);
  }
}

/** The leaf that holds `key`, or one of its neighbours if the tree has no such key. */
function leafTowards(root: Node, key: ByteString): Leaf {
  let node = root;
  while (!node.leaf) node = key < node.key ? node.left : node.right;
  return node;
}

/** A node free to be changed: itself if unsaved, else a copy. */
function owned(node: Inner): Inner {
  if (node.version === 0) return node;
  const copy = new Inner(node.key, node.left, node.right);
  copy.height = node.height;
  copy.size = node.size;
  return copy;
}

function tilt(node: Inner): number {
  return heightOf(node.left) - heightOf(node.right);
}

/** Measures an own node and rotates it if its sides differ by more than one level, in the order that cosmos/iavl does. */
function balanced(node: Inner): Inner {
  node.measure();
  const lean = tilt(node);
  if (lean > 1 && !node.left.leaf) {
    if (tilt(node.left) < 0) node.left = rotatedLeft(owned(node.left));
    return rotatedRight(node);
  }
  if (lean < -1 && !node.right.leaf) {
    if (tilt(node.right) > 0) node.right = rotatedRight(owned(node.right));
    return rotatedLeft(node);
  }
  return node;
}

function rotatedRight(node: Inner): Inner {
  if (node.left.leaf) return node;
  const top = owned(node.left);
  node.left = top.right;
  top.right = node;
  node.measure();
  top.measure();
  return top;
}

function rotatedLeft(node: Inner): Inner {
  if (node.right.leaf) return node;
  const top = owned(node.right);
  node.right = top.left;
  top.left = node;
  node.measure();
  top.measure();
  return top;
}
