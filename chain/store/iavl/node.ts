import { hash } from 'node:crypto';
import type { ByteString } from '../kv.ts';

/** SHA-256 as a latin1 string of 32 characters: half the cost of a Buffer to make, and to write into the next hash. */
export type HashString = string;

/**
 * Number of a node within its store: saved nodes are counted over all versions, so that a version's nodes follow each
 * other. One number takes half the room of cosmos/iavl's (version, nonce) and names the same node.
 */
export type NodeId = number;

/** A key with its value. `version` 0: not saved yet. */
export class Leaf {
  readonly kind = 'leaf';
  readonly key: ByteString;
  readonly value: Uint8Array;
  version = 0;
  id: NodeId = 0;
  hash: HashString = '';

  constructor(key: ByteString, value: Uint8Array) {
    this.key = key;
    this.value = value;
  }
}

/** A fork: keys below `key` lie left, others right. `version` 0: not saved yet and so free to be changed in place. */
export class Inner {
  readonly kind = 'inner';
  key: ByteString;
  left: Child;
  right: Child;
  height = 1;
  /** Number of leaves below. */
  size = 2;
  version = 0;
  id: NodeId = 0;
  hash: HashString = '';

  constructor(key: ByteString, left: Child, right: Child) {
    this.key = key;
    this.left = left;
    this.right = right;
  }

  /** Height and size from the children. */
  measure(): void {
    this.height = 1 + Math.max(heightOf(this.left), heightOf(this.right));
    this.size = sizeOf(this.left) + sizeOf(this.right);
  }
}

/** Stands for a saved node that is on disk: all that its parent needs to be hashed and balanced. */
export class Stub {
  readonly kind = 'stub';
  readonly id: NodeId;
  readonly hash: HashString;
  readonly height: number;
  readonly size: number;

  constructor(id: NodeId, hash: HashString, height: number, size: number) {
    this.id = id;
    this.hash = hash;
    this.height = height;
    this.size = size;
  }
}

export type Node = Leaf | Inner;

/** A node, or what stands for it until it is needed. */
export type Child = Node | Stub;

export function stubOf(child: Child): Stub {
  return child.kind === 'stub' ? child : new Stub(child.id, child.hash, heightOf(child), sizeOf(child));
}

export function heightOf(child: Child): number {
  return child.kind === 'leaf' ? 0 : child.height;
}

export function sizeOf(child: Child): number {
  return child.kind === 'leaf' ? 1 : child.size;
}

/** Where the nodes are that stubs stand for. */
export interface NodeSource {
  /** Throws `DamageError` if the node is not there, or not what was written. */
  load(stub: Stub): Node;
}

/** Of trees that are in memory as a whole. */
export const noSource: NodeSource = {
  load: (stub) => {
    throw new Error(`node ${stub.id} is not in memory and no disk lies behind this tree`);
  },
};

/** Hash of a tree without entries: SHA-256 of nothing. */
export const emptyTreeHash: HashString = hash('sha256', '', 'binary');

/** Protobuf's unsigned varint of a non-negative safe integer; returns the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let at = offset;
  // Whole 32-bit numbers, most of all, do without divisions.
  while (rest >= 128 && rest < 2 ** 31) {
    target[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  while (rest >= 128) {
    target[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  target[at++] = rest;
  return at;
}

/** What a node's hash starts with: height, size and version as Go's zigzag varints (cosmos/iavl v1.2, node.go). */
export function writeNodeHead(target: Uint8Array, height: number, size: number, version: number): number {
  return writeVarint(target, writeVarint(target, writeVarint(target, 0, height * 2), size * 2), version * 2);
}

/** Longest head of three varints, a key's length and two hashes with theirs. */
const hashOverhead = 128;

/** Hashes nodes through one buffer of its own. */
export class NodeHasher {
  #buffer = Buffer.alloc(1024);

  /**
   * Gives every unsaved node below `node` the version, an id from `firstId` on, and its hash, and adds it to `created`,
   * children before their parents; saved nodes stay as they are.
   */
  save(node: Child, version: number, firstId: NodeId, created: Node[]): void {
    if (node.kind === 'stub' || node.version !== 0) return;
    if (node.kind === 'inner') {
      this.save(node.left, version, firstId, created);
      this.save(node.right, version, firstId, created);
    }
    node.version = version;
    node.id = firstId + created.length;
    this.rehash(node);
    created.push(node);
  }

  /** Computes a node's hash from its version and its children's hashes. */
  rehash(node: Node): void {
    node.hash = node.kind === 'leaf' ? this.#leafHash(node) : this.#innerHash(node);
  }

  #leafHash(node: Leaf): HashString {
    const needed = node.key.length + hashOverhead;
    if (this.#buffer.length < needed) this.#buffer = Buffer.alloc(needed * 2);
    const buffer = this.#buffer;
    let end = writeVarint(buffer, writeNodeHead(buffer, 0, 1, node.version), node.key.length);
    end += buffer.write(node.key, end, 'latin1');
    buffer[end++] = 32;
    // Indexes have empty values: a third of the keys that a transfer writes.
    const valueHash = node.value.length === 0 ? emptyTreeHash : hash('sha256', node.value, 'binary');
    end += buffer.write(valueHash, end, 'latin1');
    return hash('sha256', buffer.subarray(0, end), 'binary');
  }

  #innerHash(node: Inner): HashString {
    const buffer = this.#buffer;
    let end = writeNodeHead(buffer, node.height, node.size, node.version);
    buffer[end++] = 32;
    end += buffer.write(node.left.hash, end, 'latin1');
    buffer[end++] = 32;
    end += buffer.write(node.right.hash, end, 'latin1');
    return hash('sha256', buffer.subarray(0, end), 'binary');
  }
}
