import { hash } from 'node:crypto';

/**
 * The one Merkle tree of this chain: SHA-256, leaf = H(0x00 || bytes), node = H(0x01 || left || right), in the shape of
 * RFC 6962 section 2.1 (a tree of n leaves splits at the largest power of two below n); the empty tree is H("").
 * The content root of an artifact is this tree over its bytes in chunks of 1,024 bytes, the last one short.
 */

/** Bytes of a chunk; 256 float32 values. */
export const CHUNK_BYTES = 1024;
/** Bytes of a hash. */
export const HASH_BYTES = 32;

/** A proof, opening or list of hashes that does not have the shape that its position demands. */
export class MerkleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MerkleError';
  }
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = hash('sha256', bytes, 'buffer');
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}

/** Root of the tree without leaves. */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** H(0x00 || bytes). */
export function hashLeaf(bytes: Uint8Array): Uint8Array {
  const input = new Uint8Array(bytes.length + 1);
  input.set(bytes, 1);
  return sha256(input);
}

/** H(0x01 || left || right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** Number of chunks of an artifact of `size` bytes. */
export function chunkCount(size: number): number {
  return Math.ceil(size / CHUNK_BYTES);
}

/** Chunk `index` of an artifact, a view into it. */
export function chunkOf(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
}

/** Every node of a tree, so that roots, proofs and inner nodes are read instead of hashed again. */
export class MerkleTree {
  /** `levels[d][k]` covers the leaves from k * 2^d on; a node without a sibling is carried up unchanged. */
  private readonly levels: readonly (readonly Uint8Array[])[];

  /** @param leaves hashes of the leaves, already prefixed (`hashLeaf`) */
  constructor(leaves: readonly Uint8Array[]) {
    const levels: Uint8Array[][] = [[...leaves]];
    for (let level = levels[0]; level !== undefined && level.length > 1; level = levels[levels.length - 1]) {
      const above: Uint8Array[] = [];
      for (let i = 0; i < level.length; i += 2) {
        const left = at(level, i);
        const right = level[i + 1];
        above.push(right === undefined ? left : hashNode(left, right));
      }
      levels.push(above);
    }
    this.levels = levels;
  }

  /** The tree over an artifact's chunks. */
  static ofContent(bytes: Uint8Array): MerkleTree {
    const leaves: Uint8Array[] = [];
    const input = new Uint8Array(1 + CHUNK_BYTES);
    for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
      const chunk = bytes.subarray(offset, offset + CHUNK_BYTES);
      input.set(chunk, 1);
      leaves.push(sha256(input.subarray(0, 1 + chunk.length)));
    }
    return new MerkleTree(leaves);
  }

  get size(): number {
    return at(this.levels, 0).length;
  }

  get root(): Uint8Array {
    return at(this.levels, this.levels.length - 1)[0] ?? emptyRoot();
  }

  /** Hash of the node that covers exactly `count` leaves from `start` on. */
  node(start: number, count: number): Uint8Array {
    let depth = 0;
    while (2 ** depth < count) depth += 1;
    const node = this.levels[depth]?.[start / 2 ** depth];
    if (node === undefined || count !== Math.min(2 ** depth, this.size - start)) {
      throw new MerkleError(`no node of a tree of ${this.size} leaves covers ${count} leaves from ${start}`);
    }
    return node;
  }

  /** Siblings of leaf `index`, concatenated from the leaf upwards. */
  path(index: number): Uint8Array {
    if (!Number.isInteger(index) || index < 0 || index >= this.size) {
      throw new MerkleError(`leaf ${index} is outside a tree of ${this.size} leaves`);
    }
    const siblings: Uint8Array[] = [];
    let position = index;
    for (const level of this.levels) {
      const sibling = level[position ^ 1];
      if (sibling !== undefined) siblings.push(sibling);
      position >>>= 1;
    }
    return concat(siblings);
  }
}

/** Root over leaf hashes. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return new MerkleTree(leaves).root;
}

/** Content root of an artifact. */
export function contentRoot(bytes: Uint8Array): Uint8Array {
  return MerkleTree.ofContent(bytes).root;
}

/** Number of siblings on the path of leaf `index` in a tree of `size` leaves. */
export function pathLength(index: number, size: number): number {
  let length = 0;
  for (let position = index, last = size - 1; last > 0; position >>>= 1, last >>>= 1) {
    if (position % 2 === 1 || position < last) length += 1;
  }
  return length;
}

/**
 * The root that `leaf` (a leaf hash) at `index` of `size` leaves has by `path`.
 * @throws MerkleError when the position or the number of siblings is impossible
 */
export function rootFromPath(leaf: Uint8Array, index: number, size: number, path: Uint8Array): Uint8Array {
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    throw new MerkleError(`leaf ${index} is outside a tree of ${size} leaves`);
  }
  const expected = pathLength(index, size);
  if (path.length !== expected * HASH_BYTES) {
    throw new MerkleError(
      `path of leaf ${index} of ${size} has ${path.length} bytes, expected ${expected * HASH_BYTES}`,
    );
  }
  let node = leaf;
  let offset = 0;
  for (let position = index, last = size - 1; last > 0; position >>>= 1, last >>>= 1) {
    if (position % 2 === 0 && position === last) continue;
    const sibling = path.subarray(offset, offset + HASH_BYTES);
    node = position % 2 === 1 ? hashNode(sibling, node) : hashNode(node, sibling);
    offset += HASH_BYTES;
  }
  return node;
}

/** Whether `chunk` is chunk `index` of an artifact of `size` bytes with this content root. */
export function verifyChunk(
  root: Uint8Array,
  size: number,
  index: number,
  chunk: Uint8Array,
  path: Uint8Array,
): boolean {
  const count = chunkCount(size);
  const length = index === count - 1 ? size - index * CHUNK_BYTES : CHUNK_BYTES;
  if (chunk.length !== length) return false;
  return equalBytes(rootFromPath(hashLeaf(chunk), index, count, path), root);
}

/** Consecutive leaves that one node covers. */
export interface Span {
  readonly start: number;
  readonly count: number;
}

/** The nodes `depth` levels below the root of a tree of `count` leaves (or leaves met before), left to right. */
export function frontier(count: number, depth: number, start = 0): Span[] {
  if (count === 0) return [];
  if (count === 1 || depth === 0) return [{ start, count }];
  const left = splitPoint(count);
  return [...frontier(left, depth - 1, start), ...frontier(count - left, depth - 1, start + left)];
}

/** The root above the hashes of `frontier(count, depth)`. */
export function foldFrontier(hashes: readonly Uint8Array[], count: number, depth: number): Uint8Array {
  if (count === 0 && hashes.length === 0) return emptyRoot();
  let next = 0;
  const fold = (leaves: number, levels: number): Uint8Array => {
    if (leaves === 1 || levels === 0) return at(hashes, next++);
    const left = splitPoint(leaves);
    const l = fold(left, levels - 1);
    return hashNode(l, fold(leaves - left, levels - 1));
  };
  const root = fold(count, depth);
  if (next !== hashes.length) throw new MerkleError(`${hashes.length} nodes shown, expected ${next}`);
  return root;
}

/** Largest power of two below `count` (RFC 6962). */
export function splitPoint(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new MerkleError(`hash ${index} is missing`);
  return item;
}
