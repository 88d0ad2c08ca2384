import { hash } from 'node:crypto';
import type { ByteString } from '../kv.ts';

/** SHA-256 as a latin1 string of 32 characters: half the cost of a Buffer to make, and to write into the next hash. */
export type HashString = string;

/** A key with its value. `version` 0: not saved yet. */
export class Leaf {
  readonly leaf = true;
  readonly key: ByteString;
  readonly value: Uint8Array;
  version = 0;
  hash: HashString = '';

  constructor(key: ByteString, value: Uint8Array) {
    this.key = key;
    this.value = value;
  }
}

/** A fork: keys below `key` lie left, others right. `version` 0: not saved yet and so free to be changed in place. */
export class Inner {
  readonly leaf = false;
  key: ByteString;
  left: Node;
  right: Node;
  height = 1;
  /** Number of leaves below. */
  size = 2;
  version = 0;
  hash: HashString = '';

  constructor(key: ByteString, left: Node, right: Node) {
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

export type Node = Leaf | Inner;

export function heightOf(node: Node): number {
  return node.leaf ? 0 : node.height;
}

export function sizeOf(node: Node): number {
  return node.leaf ? 1 : node.size;
}

/** Hash of a tree without entries: SHA-256 of nothing. */
export const emptyTreeHash: HashString = hash('sha256', '', 'binary');

/** Protobuf's unsigned varint of a non-negative safe integer; returns the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let at = offset;
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

  /** Gives every unsaved node below `node` the version, and its hash; saved nodes stay as they are. */
  save(node: Node, version: number): void {
    if (node.version !== 0) return;
    if (!node.leaf) {
      this.save(node.left, version);
      this.save(node.right, version);
    }
    node.version = version;
    this.rehash(node);
  }

  /** Computes a node's hash from its version and its children's hashes. */
  rehash(node: Node): void {
    node.hash = node.leaf ? this.#leafHash(node) : this.#innerHash(node);
  }

  #leafHash(node: Leaf): HashString {
    const needed = node.key.length + hashOverhead;
    if (this.#buffer.length < needed) this.#buffer = Buffer.alloc(needed * 2);
    const buffer = this.#buffer;
    let end = writeVarint(buffer, writeNodeHead(buffer, 0, 1, node.version), node.key.length);
    end += buffer.write(node.key, end, 'latin1');
    buffer[end++] = 32;
    end += buffer.write(hash('sha256', node.value, 'binary'), end, 'latin1');
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
