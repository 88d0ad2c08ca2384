import { type Child, heightOf, type Node, stubOf } from './node.ts';

/**
 * The least height of nodes that stay in memory, so that about `limit` nodes do: 0 keeps all. A tree of so many entries
 * has about `entries / 2^(h-1)` inner nodes of height `h` and more.
 */
export function heightToKeep(entries: number, limit: number): number {
  if (entries * 2 <= limit) return 0;
  return 1 + Math.max(0, Math.ceil(Math.log2(entries / Math.max(1, limit))));
}

/** Lets go of children below `height`. The nodes and all below them must be on disk. */
export function trimNodes(nodes: readonly Node[], height: number): void {
  for (const node of nodes) {
    if (node.kind !== 'inner') continue;
    if (heightOf(node.left) < height) node.left = stubOf(node.left);
    if (heightOf(node.right) < height) node.right = stubOf(node.right);
  }
}

/** The same for all nodes of a tree that are in memory. */
export function trimTree(root: Child | undefined, height: number): void {
  const pending: Child[] = root === undefined ? [] : [root];
  for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
    if (child.kind !== 'inner') continue;
    trimNodes([child], height);
    pending.push(child.left, child.right);
  }
}
