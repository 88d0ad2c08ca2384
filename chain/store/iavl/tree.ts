import type { ByteString, KeyRange, KVReader } from '../kv.ts';
import type { StoreChanges } from '../record.ts';
import {
  type Child,
  emptyTreeHash,
  type HashString,
  heightOf,
  Inner,
  Leaf,
  type Node,
  type NodeHasher,
  type NodeId,
  type NodeSource,
  noSource,
  sizeOf,
} from './node.ts';

/**
 * One saved version of an IAVL tree (cosmos/iavl v1): an AVL tree with the values in its leaves.
 *
 * Versions share the nodes that did not change between them, so keeping one costs only what later versions replaced.
 * Nodes may be on disk: they are read from `source` where they are needed.
 */
export class Tree implements KVReader {
  readonly root: Child | undefined;
  readonly source: NodeSource;

  constructor(root?: Child, source: NodeSource = noSource) {
    this.root = root;
    this.source = source;
  }

  get hash(): HashString {
    return this.root === undefined ? emptyTreeHash : this.root.hash;
  }

  /** Number of entries. */
  get size(): number {
    return this.root === undefined ? 0 : sizeOf(this.root);
  }

  get(key: ByteString): Uint8Array | undefined {
    const leaf = this.root && leafTowards(this.root, key, this.source);
    return leaf?.key === key ? leaf.value : undefined;
  }

  has(key: ByteString): boolean {
    return this.root !== undefined && leafTowards(this.root, key, this.source).key === key;
  }

  *iterate({ start, end, reverse }: KeyRange): Generator<readonly [ByteString, Uint8Array]> {
    const pending: Child[] = this.root === undefined ? [] : [this.root];
    for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
      const node = loaded(child, this.source);
      if (node.kind === 'leaf') {
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
    return new TreeEditor(this.root, this.source);
  }
}

/** A tree and what saving it did, for the disk. */
export interface SavedTree {
  readonly tree: Tree;
  /** The nodes that the tree before it did not have, children before their parents, with ids one after another. */
  readonly created: readonly Node[];
  /** The nodes that the tree before it had and this one does not. */
  readonly orphans: readonly NodeId[];
}

type Change = StoreChanges[number];

/** The changes `from` to `to`, that one excluded. */
interface Span {
  readonly changes: StoreChanges;
  readonly from: number;
  readonly to: number;
}

/** Index of the first change of a span whose key is not below `key`, or its end. */
function firstFrom(key: ByteString, { changes, from, to }: Span): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[middle]?.[0] ?? key) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Changes towards the next version; the tree it started from stays as it is. */
export class TreeEditor {
  readonly #source: NodeSource;
  readonly #orphans: NodeId[] = [];
  #root: Child | undefined;
  /** Whether the last insertion added a leaf, or replaced a value and left the shape alone. */
  #grown = false;
  /** Smallest key of the subtree a leaf was removed from, if the removal changed it. */
  #smallest: ByteString | undefined;

  constructor(root: Child | undefined, source: NodeSource) {
    this.#root = root;
    this.#source = source;
  }

  set(key: ByteString, value: Uint8Array): void {
    this.#root = this.#root === undefined ? new Leaf(key, value) : this.#insert(this.#root, key, value, undefined);
  }

  /**
   * Makes all changes, in order of their keys, with the result of making them one by one. Most of them replace values,
   * which leaves the shape alone: those are made in one walk, in which each node on the way to many of them is met once.
   */
  apply(changes: StoreChanges): void {
    const rest: Change[] = [];
    const span = { changes, from: 0, to: changes.length };
    if (this.#root !== undefined) this.#root = this.#replaced(this.#root, span, undefined, rest);
    for (const [key, value] of this.#root === undefined ? changes : rest) {
      if (value === null) this.delete(key);
      else this.set(key, value);
    }
  }

  /** Removing an absent key changes nothing, not even the versions of nodes. */
  delete(key: ByteString): void {
    if (this.#root === undefined || leafTowards(this.#root, key, this.#source).key !== key) return;
    this.#root = this.#remove(loaded(this.#root, this.#source), key);
    this.#smallest = undefined;
  }

  /** Stamps the new nodes with `version`, counts them from `firstId` on and hashes them. The editor is spent after this. */
  save(version: number, hasher: NodeHasher, firstId: NodeId = 1): SavedTree {
    const created: Node[] = [];
    if (this.#root !== undefined) hasher.save(this.#root, version, firstId, created);
    return { tree: new Tree(this.#root, this.#source), created, orphans: this.#orphans };
  }

  /**
   * The subtree with the values replaced that a span of changes has for its keys; itself if there are none. The others of
   * the span are added to `rest`. `smallest` as for `#insert`.
   */
  #replaced(child: Child, span: Span, smallest: ByteString | undefined, rest: Change[]): Child {
    const { changes, from, to } = span;
    if (from === to) return child;
    if (heightOf(child) === 0) return this.#replacedLeaf(child, span, smallest, rest);
    const node = this.#load(child);
    if (node.kind === 'leaf') throw new Error('a leaf stands where an inner node should');
    const middle = firstFrom(node.key, span);
    const left = this.#replaced(node.left, { changes, from, to: middle }, smallest, rest);
    const right = this.#replaced(node.right, { changes, from: middle, to }, node.key, rest);
    if (left === node.left && right === node.right) return child;
    const inner = this.#owned(node);
    inner.left = left;
    inner.right = right;
    return inner;
  }

  #replacedLeaf(child: Child, { changes, from, to }: Span, smallest: ByteString | undefined, rest: Change[]): Child {
    const key = child.kind === 'leaf' ? child.key : (smallest ?? this.#load(child).key);
    let leaf = child;
    for (let index = from; index < to; index += 1) {
      const change = changes[index];
      if (change === undefined) break;
      if (change[0] !== key || change[1] === null) {
        rest.push(change);
        continue;
      }
      this.#orphan(child);
      leaf = new Leaf(key, change[1]);
    }
    return leaf;
  }

  /** `smallest` is the smallest key below `child`, where the way down told it: a leaf need not be read to be replaced. */
  #insert(child: Child, key: ByteString, value: Uint8Array, smallest: ByteString | undefined): Node {
    if (heightOf(child) === 0) {
      const leafKey = child.kind === 'leaf' ? child.key : (smallest ?? this.#load(child).key);
      const added = new Leaf(key, value);
      this.#grown = key !== leafKey;
      if (this.#grown) return key < leafKey ? new Inner(leafKey, added, child) : new Inner(key, child, added);
      this.#orphan(child);
      return added;
    }
    const inner = this.#owned(this.#load(child));
    if (key < inner.key) inner.left = this.#insert(inner.left, key, value, smallest);
    else inner.right = this.#insert(inner.right, key, value, inner.key);
    return this.#grown ? this.#balanced(inner) : inner;
  }

  #remove(node: Node, key: ByteString): Child | undefined {
    if (node.kind === 'leaf') {
      this.#smallest = undefined;
      this.#orphan(node);
      return undefined;
    }
    if (key < node.key) {
      const left = this.#remove(this.#load(node.left), key);
      if (left === undefined) {
        this.#smallest = node.key;
        this.#orphan(node);
        return node.right;
      }
      const inner = this.#owned(node);
      inner.left = left;
      return this.#balanced(inner);
    }
    const right = this.#remove(this.#load(node.right), key);
    const smallest = this.#smallest;
    this.#smallest = undefined;
    if (right === undefined) {
      this.#orphan(node);
      return node.left;
    }
    const inner = this.#owned(node);
    inner.right = right;
    if (smallest !== undefined) inner.key = smallest;
    return this.#balanced(inner);
  }

  #load(child: Child): Node {
    return loaded(child, this.#source);
  }

  #orphan(child: Child): void {
    if (child.id !== 0) this.#orphans.push(child.id);
  }

  /** A node free to be changed: itself if unsaved, else a copy. */
  #owned(node: Node): Inner {
    if (node.kind === 'leaf') throw new Error('a leaf stands where an inner node should');
    if (node.version === 0) return node;
    this.#orphan(node);
    const copy = new Inner(node.key, node.left, node.right);
    copy.height = node.height;
    copy.size = node.size;
    return copy;
  }

  /** Measures an own node and rotates it if its sides differ by more than one level, in the order that cosmos/iavl does. */
  #balanced(node: Inner): Inner {
    node.measure();
    const lean = tilt(node);
    if (lean > 1) {
      const left = this.#load(node.left);
      if (tilt(left) < 0) node.left = this.#rotatedLeft(this.#owned(left));
      return this.#rotatedRight(node);
    }
    if (lean < -1) {
      const right = this.#load(node.right);
      if (tilt(right) > 0) node.right = this.#rotatedRight(this.#owned(right));
      return this.#rotatedLeft(node);
    }
    return node;
  }

  #rotatedRight(node: Inner): Inner {
    const top = this.#owned(this.#load(node.left));
    node.left = top.right;
    top.right = node;
    node.measure();
    top.measure();
    return top;
  }

  #rotatedLeft(node: Inner): Inner {
    const top = this.#owned(this.#load(node.right));
    node.right = top.left;
    top.left = node;
    node.measure();
    top.measure();
    return top;
  }
}

export function loaded(child: Child, source: NodeSource): Node {
  return child.kind === 'stub' ? source.load(child) : child;
}

/** The leaf that holds `key`, or one of its neighbours if the tree has no such key. */
function leafTowards(root: Child, key: ByteString, source: NodeSource): Leaf {
  let node = loaded(root, source);
  while (node.kind === 'inner') node = loaded(key < node.key ? node.left : node.right, source);
  return node;
}

function tilt(node: Node): number {
  return node.kind === 'leaf' ? 0 : heightOf(node.left) - heightOf(node.right);
}
