import type { TraceNode } from '../proto/generated/infinet/verification/v1/dispute.ts';
import { BEFORE, DATA, type Dag, type TensorGroup, tensorAt } from './dag.ts';
import { chunkCount, frontier, HASH_BYTES, hashLeaf } from './merkle.ts';

/** How a walk goes down a unit's trace: which nodes there are, and what an opening of each has to show. */

/** Binary levels that one opening shows: 64 children. */
export const OPENING_LEVELS = 6;
/** A node of at most so many chunks is opened to its values. */
export const VALUE_CHUNKS = 2;

/** Chunks of a tensor. */
export function tensorChunks(dag: Dag, tensor: number): number {
  return chunkCount(4 * tensorAt(dag, tensor).length);
}

/** A node that is opened to values, not to children. */
export function isValueNode(node: TraceNode): boolean {
  return node.tensor !== DATA && node.count <= VALUE_CHUNKS;
}

/** The root of a whole tensor. */
export function tensorNode(dag: Dag, tensor: number, hash: Uint8Array): TraceNode {
  return { tensor, start: 0, count: tensorChunks(dag, tensor), hash };
}

/**
 * The children of a node, left to right, from the hashes that an opening shows. Below a tree over tensors, a child that
 * is one tensor is shown by its root, the others by their hash.
 *
 * @param start first tensor or chunk of the node, `count` how many it covers
 */
export function childrenOf(
  dag: Dag,
  tensor: number,
  start: number,
  count: number,
  hashes: readonly Uint8Array[],
): TraceNode[] {
  return frontier(count, OPENING_LEVELS, start).map((span, i) => {
    const hash = hashes[i] ?? new Uint8Array(HASH_BYTES);
    return tensor === DATA && span.count === 1 ? tensorNode(dag, span.start, hash) : { tensor, ...span, hash };
  });
}

/** The hash by which a child stands in the tree above it: a tensor is a leaf of the tree over tensors. */
export function hashInTree(parentTensor: number, child: TraceNode): Uint8Array {
  return parentTensor === DATA && child.tensor !== DATA ? hashLeaf(child.hash) : child.hash;
}

/** The group that a tensor belongs to; none for data and states. */
export function groupOf(dag: Dag, tensor: number): TensorGroup | undefined {
  if (tensor === DATA || tensor === BEFORE || tensor === dag.after) return undefined;
  return tensor < dag.inner.start ? dag.batch : dag.inner;
}
