import type { LeafOpening } from '../proto/generated/infinet/verification/v1/dispute.ts';
import type { Batch } from './batch.ts';
import { littleEndianBytes } from './bytes.ts';
import { type HashAll, hashAll, rootOver } from './canonical/hashing.ts';
import { canonicalKernels, type Kernels } from './canonical/kernels.ts';
import type { Dataset } from './dataset.ts';
import {
  CHUNK_BYTES,
  concat,
  emptyRoot,
  equalBytes,
  HASH_BYTES,
  hashLeaf,
  MerkleTree,
  merkleRoot,
  rootFromPath,
  sha256,
} from './merkle.ts';
import { hasWholeChunks, packRows } from './rowHashes.ts';
import type { Spec } from './spec.ts';

/** What a trainer binds itself to: a leaf after every unit, and one root over all leaves. Byte layouts: README.md. */

/** Bytes of a leaf as it is served: state root and batch digest, and in the tolerant lane the root over the gradient. */
export function leafBytes(lane: Spec['lane']): number {
  return lane === 'tolerant' ? 3 * HASH_BYTES : 2 * HASH_BYTES;
}

/** What leaf t commits to. */
export interface Leaf {
  /** Content root of the state after unit t. */
  readonly stateRoot: Uint8Array;
  /** Root over the unit's batch tensors; the empty root for leaf 0. */
  readonly batchDigest: Uint8Array;
  /** Root over the gradient of the unit's step, in the tolerant lane only; the empty root for leaf 0. */
  readonly gradRoot?: Uint8Array;
}

/** SHA-256(spec hash || data root || beacon value), 32 bytes. */
export function runSeed(specHash: Uint8Array, dataRoot: Uint8Array, beacon: Uint8Array): Uint8Array {
  return sha256(concat([specHash, dataRoot, beacon]));
}

/** Content root of float32 values, little endian, in chunks of 256 values. */
export function tensorRoot(values: Float32Array, kernels: Kernels = canonicalKernels): Uint8Array {
  if (values.length === 0) return emptyRoot();
  return rootOver(kernels.hashAll, kernels.hashAll(0, littleEndianBytes(values), CHUNK_BYTES));
}

/** Content root of a state: weights in the specification's order. */
export const stateRoot = (state: Float32Array): Uint8Array => tensorRoot(state);

/** Root over the batch tensors of a unit's steps: features (packed rows), then labels, for each step. */
export function batchDigest(batches: readonly Pick<Batch, 'features' | 'labels'>[]): Uint8Array {
  return digestOf(
    batches.flatMap(({ features, labels }) => [
      tensorRoot(packRows(features, labels.length)),
      tensorRoot(packRows(labels, 1)),
    ]),
  );
}

/** Content roots of one step's batch tensors. Rows of whole chunks are hashed once in the life of `data`. */
export function batchRoots(batch: Batch, data: Dataset, kernels: Kernels): [features: Uint8Array, labels: Uint8Array] {
  const labels = tensorRoot(packRows(batch.labels, 1), kernels);
  const width = batch.features.length / batch.labels.length;
  const features = hasWholeChunks(width)
    ? rootOver(kernels.hashAll, data.rowHashes.of(batch, kernels.hashAll))
    : tensorRoot(packRows(batch.features, batch.labels.length), kernels);
  return [features, labels];
}

/** The batch digest of a unit from the roots of its batch tensors. */
export function digestOf(roots: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(roots.map(hashLeaf));
}

/** Leaf 0 has seen no data. */
export function noBatch(): Uint8Array {
  return emptyRoot();
}

/** Root over the one gradient of a unit: what a walk starts from below the leaf. */
export function gradientRoot(gradient: Float32Array, kernels: Kernels = canonicalKernels): Uint8Array {
  return merkleRoot([hashLeaf(tensorRoot(gradient, kernels))]);
}

/** H(0x00 || u64be run id || u64be t || state root || batch digest [|| gradient root]). */
export function leafHash(runId: bigint, t: number, leaf: Leaf): Uint8Array {
  return hashLeaf(concat([uint64(runId), uint64(BigInt(t)), ...leafParts(leaf)]));
}

/** All leaves of a run, and the proofs that open them. */
export class StepTree {
  private readonly leaves: readonly Leaf[];
  private readonly tree: MerkleTree;

  constructor(runId: bigint, leaves: readonly Leaf[]) {
    this.leaves = leaves;
    this.tree = new MerkleTree(leaves.map((leaf, t) => leafHash(runId, t, leaf)));
  }

  get root(): Uint8Array {
    return bindSize(this.tree.root, this.leaves.length);
  }

  /** Opens leaf t. @throws RangeError for a leaf that the run has not */
  open(t: number): LeafOpening {
    const leaf = this.leaves[t];
    if (leaf === undefined) throw new RangeError(`the run has ${this.leaves.length} leaves, no leaf ${t}`);
    const { stateRoot, batchDigest, gradRoot = new Uint8Array(0) } = leaf;
    return { stateRoot, batchDigest, gradRoot, path: this.tree.path(t) };
  }

  /** Opens leaf t with the one before it, what a unit is checked against. */
  openUnit(t: number): { previous: LeafOpening | undefined; current: LeafOpening } {
    return { previous: t === 0 ? undefined : this.open(t - 1), current: this.open(t) };
  }
}

/** Step root over `leaves`: what `StepTree` gives, for those who hold every leaf. */
export function stepRoot(runId: bigint, leaves: readonly Leaf[]): Uint8Array {
  return new StepTree(runId, leaves).root;
}

/** Step root over leaves as they are served (`encodeLeaves`). @throws RangeError unless the bytes are whole leaves */
export function servedStepRoot(
  runId: bigint,
  bytes: Uint8Array,
  lane: Spec['lane'] = 'exact',
  hash: HashAll = hashAll,
): Uint8Array {
  const each = leafBytes(lane);
  const count = leafCount(bytes, lane);
  const size = 16 + each;
  const messages = new Uint8Array(count * size);
  const view = new DataView(messages.buffer);
  for (let t = 0; t < count; t += 1) {
    view.setBigUint64(t * size, runId);
    view.setBigUint64(t * size + 8, BigInt(t));
    messages.set(bytes.subarray(t * each, (t + 1) * each), t * size + 16);
  }
  return bindSize(count === 0 ? emptyRoot() : rootOver(hash, hash(0, messages, size)), count);
}

/**
 * Whether an opening is leaf t of the run's step root over `size` leaves.
 * @throws MerkleError for a path of a wrong length
 */
export function verifyLeaf(runId: bigint, root: Uint8Array, size: number, t: number, opening: LeafOpening): boolean {
  const { gradRoot } = opening;
  if (opening.stateRoot.length !== HASH_BYTES || opening.batchDigest.length !== HASH_BYTES) return false;
  if (gradRoot.length !== 0 && gradRoot.length !== HASH_BYTES) return false;
  return equalBytes(bindSize(rootFromPath(leafHash(runId, t, opening), t, size, opening.path), size), root);
}

/** The leaves as a trainer serves them: the roots of each, leaf 0 first. */
export function encodeLeaves(leaves: readonly Leaf[]): Uint8Array {
  return concat(leaves.flatMap(leafParts));
}

/** @throws RangeError unless the bytes are whole leaves */
export function decodeLeaves(bytes: Uint8Array, lane: Spec['lane'] = 'exact'): Leaf[] {
  return Array.from({ length: leafCount(bytes, lane) }, (_, t) => servedLeaf(bytes, t, lane));
}

/** Leaf t of served ones: a copy. @throws RangeError for a leaf that is not there */
export function servedLeaf(bytes: Uint8Array, t: number, lane: Spec['lane'] = 'exact'): Leaf {
  if (!(t >= 0 && t < leafCount(bytes, lane))) throw new RangeError(`there is no leaf ${t}`);
  const at = t * leafBytes(lane);
  const part = (index: number) => bytes.slice(at + index * HASH_BYTES, at + (index + 1) * HASH_BYTES);
  const roots = { stateRoot: part(0), batchDigest: part(1) };
  return lane === 'tolerant' ? { ...roots, gradRoot: part(2) } : roots;
}

function leafCount(bytes: Uint8Array, lane: Spec['lane']): number {
  const size = leafBytes(lane);
  if (bytes.length % size !== 0) throw new RangeError(`${bytes.length} bytes are no leaves of ${size} bytes`);
  return bytes.length / size;
}

function leafParts({ stateRoot, batchDigest, gradRoot }: Leaf): Uint8Array[] {
  return gradRoot === undefined ? [stateRoot, batchDigest] : [stateRoot, batchDigest, gradRoot];
}

/** H(0x02 || u64be size || root): a tree of another size has another root. */
function bindSize(root: Uint8Array, size: number): Uint8Array {
  return sha256(concat([Uint8Array.of(2), uint64(BigInt(size)), root]));
}

function uint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}
