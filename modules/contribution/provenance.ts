/** The graph from contributions to what they were made from. Parents exist before their children: it has no cycles. */

import { u64Key } from '../../chain/collections/keys.ts';
import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import type { LineageNode } from '../../proto/generated/infinet/contribution/v1/query.ts';
import { ContributionStatus, type Similarity } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { contributionErrors as errors } from './errors.ts';
import { sketchSimilarity } from './formulas.ts';
import { INDEXED_SKETCH_VALUES, manifestOf } from './record.ts';
import * as state from './state.ts';

export const MAX_DEPTH = 16;
/** Nodes that one lineage query returns at most. */
export const MAX_NODES = 256;
const MAX_CANDIDATES = 16;
const MAX_SIMILAR = 8;

/** Throws `contribution` 11 or 12 for a parent that does not exist, or that was rejected or withdrawn. */
export function ensureParents(ctx: Context, parents: readonly bigint[]): void {
  for (const id of parents) {
    const parent = state.contributions.get(ctx, id);
    ensure(parent !== undefined, errors.parentNotFound, `contribution ${id}`);
    const withdrawn = parent.status === ContributionStatus.CONTRIBUTION_STATUS_WITHDRAWN;
    const rejected = parent.assessedHeight > 0n && !parent.accepted;
    ensure(!withdrawn && !rejected, errors.parentUnusable, `contribution ${id}`);
  }
}

export function parentsOf(ctx: Context, id: bigint): Iterable<bigint> {
  return state.contributions.get(ctx, id)?.parents ?? [];
}

export function* childrenOf(ctx: Context, id: bigint): Iterable<bigint> {
  for (const [, child] of state.children.walk(ctx, { prefix: u64Key.write(id, false) })) yield child;
}

/** Breadth first from `id` along `next`, itself left out, each contribution once at its smallest depth. */
export function lineage(
  ctx: Context,
  id: bigint,
  maxDepth: number,
  next: (ctx: Context, id: bigint) => Iterable<bigint>,
): { nodes: LineageNode[]; truncated: boolean } {
  const seen = new Set([id]);
  const nodes: LineageNode[] = [];
  let generation = [id];
  for (let depth = 1; generation.length > 0; depth++) {
    const following: bigint[] = [];
    for (const from of generation) {
      for (const contributionId of next(ctx, from)) {
        if (seen.has(contributionId)) continue;
        if (depth > maxDepth || nodes.length === MAX_NODES) return { nodes, truncated: true };
        seen.add(contributionId);
        nodes.push({ contributionId, depth });
        following.push(contributionId);
      }
    }
    generation = following;
  }
  return { nodes, truncated: false };
}

/** Earlier contributions that share a small sketch value, the most similar first. A hint: nothing stops a made-up sketch. */
export function findSimilar(ctx: Context, sketch: readonly bigint[]): Similarity[] {
  const candidates = new Set<bigint>();
  for (const value of sketch.slice(0, INDEXED_SKETCH_VALUES)) {
    for (const [, id] of state.bySketch.walk(ctx, { prefix: u64Key.write(value, false) })) {
      if (candidates.size === MAX_CANDIDATES) break;
      candidates.add(id);
    }
  }
  const similar: Similarity[] = [];
  for (const id of candidates) {
    const other = state.contributions.get(ctx, id);
    if (other === undefined) throw new Error(`contribution ${id} is indexed but does not exist`);
    similar.push({ contributionId: id, similarityPpm: sketchSimilarity(sketch, manifestOf(other).sketch) });
  }
  similar.sort((a, b) => Number(b.similarityPpm - a.similarityPpm || a.contributionId - b.contributionId));
  return similar.slice(0, MAX_SIMILAR);
}
