/** What contributors compute before they submit, and anyone may compute again. Pure. */
import { concat, HASH_BYTES, hashLeaf, hashNode, sha256 } from '../../training/merkle.ts';

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
 * What the creator of an objective commits to before anyone contributes: SHA-256("infinet/shard" || creator's address bytes
 * || u64be(round) || content root || salt). The creator is in it, so that nobody poses the same shard again.
 */
export function shardCommitment(creator: Uint8Array, round: bigint, root: Uint8Array, salt: Uint8Array): Uint8Array {
  return sha256(concat([Buffer.from('infinet/shard'), creator, u64(round), root, salt]));
}

/** Content root of a COMPUTE contribution: SHA-256("infinet/work" || u64be(run) || u64be(first) || u64be(last)). */
export function workRoot(run: bigint, first: bigint, last: bigint): Uint8Array {
  return sha256(concat([Buffer.from('infinet/work'), u64(run), u64(first), u64(last)]));
}

/** A Merkle tree (RFC 6962) that only grows, as the roots of its perfect subtrees, largest first. */
export interface GrowingTree {
  readonly count: bigint;
  readonly frontier: readonly Uint8Array[];
}

/** The tree with one more leaf: as many hashes as `count` has trailing ones, and the leaf's. */
export function appendLeaf({ count, frontier }: GrowingTree, leaf: Uint8Array): GrowingTree {
  const next = [...frontier];
  let hash = hashLeaf(leaf);
  for (let full = count; full % 2n === 1n; full /= 2n) hash = hashNode(next.pop() ?? new Uint8Array(), hash);
  return { count: count + 1n, frontier: [...next, hash] };
}

/** Root of a tree with at least one leaf. */
export function growingRoot({ frontier }: GrowingTree): Uint8Array {
  const last = frontier.at(-1);
  if (last === undefined) throw new RangeError('the tree has no leaf');
  return frontier.slice(0, -1).reduceRight((right, left) => hashNode(left, right), last);
}

/** When an objective takes contributions. */
export interface RoundSchedule {
  /** Last height of the last round; 0 for no end. */
  readonly deadlineHeight: bigint;
  /** 0 for a single round. */
  readonly roundBlocks: bigint;
  /** One for each round. */
  readonly shardCommitments: readonly unknown[];
}

/** Number of the round, from 0, that a contribution of this height belongs to; -1 before the first one begins. */
export function roundAt({ deadlineHeight, roundBlocks, shardCommitments }: RoundSchedule, height: bigint): bigint {
  if (roundBlocks === 0n) return 0n;
  return BigInt(shardCommitments.length) - 1n - (deadlineHeight - height) / roundBlocks;
}

/** Last height that takes contributions into a round, 0 for no end. */
export function roundEnd({ deadlineHeight, roundBlocks, shardCommitments }: RoundSchedule, round: bigint): bigint {
  if (roundBlocks === 0n) return deadlineHeight;
  return deadlineHeight - (BigInt(shardCommitments.length) - 1n - round) * roundBlocks;
}

/**
 * What one contribution gets of a round's budget: its share by weight, and never more than `rate` for each 10^6 of weight
 * (0: no such limit), so that a lone contribution does not take it all. Rounded down; what is left stays in escrow.
 */
export function escrowPay(budget: bigint, weight: bigint, totalWeight: bigint, rate: bigint): bigint {
  if (weight <= 0n || totalWeight <= 0n) return 0n;
  const share = (budget * weight) / totalWeight;
  const most = (rate * weight) / 1_000_000n;
  return rate > 0n && most < share ? most : share;
}

/** A share of an amount in 10^-6, rounded down. */
export function partOf(amount: bigint, ppm: bigint): bigint {
  return (amount * ppm) / 1_000_000n;
}

/** The shard that a contribution is measured on: its round's, or the first one that the objective showed from the start. */
export function shardOf<S>(
  objective: {
    readonly roundBlocks: bigint;
    readonly holdouts: readonly S[];
    readonly opened: readonly OpenedLike<S>[];
  },
  round: bigint,
): S | undefined {
  if (objective.roundBlocks === 0n) return objective.holdouts[0];
  return objective.opened.find((opened) => opened.round === round)?.shard;
}

interface OpenedLike<S> {
  readonly round: bigint;
  readonly shard: S | undefined;
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

function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
