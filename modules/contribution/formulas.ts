/** What contributors compute before they submit, and anyone may compute again. Pure. */
import { concat, HASH_BYTES, sha256 } from '../../training/merkle.ts';

/** Bytes of the salt that hides a commitment. */
export const SALT_BYTES = 32;
/** Most values a sketch may have. */
export const SKETCH_VALUES = 32;

/** SHA-256(content root || contributor's address bytes || salt): binds a root to its sender before either is known. */
export function contributionCommitment(root: Uint8Array, contributor: Uint8Array, salt: Uint8Array): Uint8Array {
  if (root.length !== HASH_BYTES) throw new RangeError(`a content root has ${HASH_BYTES} bytes, not ${root.length}`);
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes, not ${salt.length}`);
  return sha256(concat([root, contributor, salt]));
}

/**
 * Bottom-k sketch of a table (Broder, "On the resemblance and containment of documents", 1997): the smallest distinct
 * 64-bit hashes of its rows, ascending. A row is its cells in the schema's order, trimmed, lower case, joined by U+001F.
 */
export function rowSketch(rows: Iterable<readonly string[]>, size = SKETCH_VALUES): bigint[] {
  const hashes = new Set<bigint>();
  for (const cells of rows) {
    const normal = cells.map((cell) => cell.trim().toLowerCase()).join('\u001f');
    hashes.add(Buffer.from(sha256(Buffer.from(normal, 'utf8'))).readBigUInt64BE(0));
  }
  return [...hashes].sort(ascending).slice(0, size);
}

/** The sketch of two tables together, for tables that are read in pieces. */
export function mergeSketches(a: readonly bigint[], b: readonly bigint[], size = SKETCH_VALUES): bigint[] {
  return [...new Set([...a, ...b])].sort(ascending).slice(0, size);
}

/**
 * Estimated Jaccard similarity of the row sets behind two sketches, in 10^-6: of the smallest k values of their union,
 * the share that both have. 0 if either is empty.
 */
export function sketchSimilarity(a: readonly bigint[], b: readonly bigint[]): bigint {
  if (a.length === 0 || b.length === 0) return 0n;
  const inA = new Set(a);
  const inB = new Set(b);
  const union = [...new Set([...a, ...b])].sort(ascending).slice(0, Math.max(a.length, b.length));
  const shared = union.filter((value) => inA.has(value) && inB.has(value)).length;
  return (BigInt(shared) * 1_000_000n) / BigInt(union.length);
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
