import type {
  ChunkProof,
  DisputeWalk,
  LeafProof,
  Opening,
  TraceNode,
} from '../proto/generated/infinet/verification/v1/dispute.ts';
import { floatsToBytes } from './bytes.ts';
import type { StepTree } from './commit.ts';
import { DATA, type TensorGroup, tensorAt } from './dag.ts';
import { DisputeError } from './dispute.ts';
import { CHUNK_BYTES, chunkOf, concat, equalBytes, frontier } from './merkle.ts';
import type { Trace } from './trace.ts';
import { groupOf, isValueNode, OPENING_LEVELS } from './walk.ts';

/** What the two sides of a dispute compute off chain, each from its own trace of the unit. */

/** The trainer's opening of the node that the walk has reached. */
export function openNode(walk: DisputeWalk, trace: Trace, steps: StepTree): Opening {
  const { stage } = walk;
  if (stage?.$case === 'start') {
    const { dag } = trace;
    const batch = topHashes(trace, dag.batch);
    const inner = topHashes(trace, dag.inner);
    return { move: { $case: 'unit', value: { ...steps.openUnit(walk.unit), batch, inner } } };
  }
  const node = stage?.$case === 'node' ? stage.value.node : undefined;
  if (node === undefined) throw new DisputeError('turn', 'no node is to be opened');
  if (isValueNode(node)) return { move: { $case: 'values', value: nodeBytes(trace, node) } };
  const spans = frontier(node.count, OPENING_LEVELS, node.start);
  if (node.tensor === DATA) {
    const group = groupOf(trace.dag, node.start);
    if (group === undefined) throw new DisputeError('position', `no group has tensor ${node.start}`);
    return { move: { $case: 'children', value: groupHashes(trace, group, spans) } };
  }
  const tree = trace.tree(node.tensor);
  return { move: { $case: 'children', value: concat(spans.map(({ start, count }) => tree.node(start, count))) } };
}

/**
 * The challenger's selection: the position of the first child or element that differs from its own trace, or that is not
 * finite. Undefined when it agrees with all that is shown: then there was nothing to dispute.
 */
export function firstDifference(walk: DisputeWalk, trace: Trace): number | undefined {
  const { stage } = walk;
  if (stage?.$case === 'children') {
    const index = stage.value.children.findIndex((child) => isWrong(trace, child));
    return index < 0 ? undefined : index;
  }
  if (stage?.$case !== 'values') throw new DisputeError('turn', 'the trainer has to move first');
  const { tensor, firstElement, values } = stage.value;
  const own = floatsToBytes(trace.tensor(tensor).subarray(firstElement, firstElement + values.length / 4));
  for (let i = 0; i < values.length; i += 4) {
    const bad = trace.firstNonFinite;
    const invalid = bad?.tensor === tensor && bad.element === firstElement + i / 4;
    if (invalid || !equalBytes(own.subarray(i, i + 4), values.subarray(i, i + 4))) return i / 4;
  }
  return undefined;
}

/** The trainer's proof of the leaf that the walk has reached. */
export function proveLeaf(walk: DisputeWalk, trace: Trace): LeafProof {
  if (walk.stage?.$case !== 'leaf') throw new DisputeError('turn', 'no leaf is to be proven');
  const { tensor, element } = walk.stage.value;
  const ranges = tensorAt(trace.dag, tensor).rule?.inputs(element) ?? [];
  return {
    inputs: ranges.map((range) => proveChunk(trace, range.tensor, Math.floor((4 * range.offset) / CHUNK_BYTES))),
  };
}

function proveChunk(trace: Trace, tensor: number, index: number): ChunkProof {
  const group = groupOf(trace.dag, tensor);
  const first = (index * CHUNK_BYTES) / 4;
  return {
    chunk: floatsToBytes(trace.tensor(tensor).subarray(first, first + CHUNK_BYTES / 4)),
    path: trace.tree(tensor).path(index),
    tensorPath: group === undefined ? new Uint8Array(0) : trace.groupTree(group).path(tensor - group.start),
  };
}

function topHashes(trace: Trace, group: TensorGroup): Uint8Array {
  return groupHashes(trace, group, frontier(group.count, OPENING_LEVELS, group.start));
}

/** A tensor by its root, several by their node. */
function groupHashes(trace: Trace, group: TensorGroup, spans: readonly { start: number; count: number }[]): Uint8Array {
  const tree = trace.groupTree(group);
  return concat(
    spans.map(({ start, count }) => (count === 1 ? trace.tree(start).root : tree.node(start - group.start, count))),
  );
}

/** Whether the challenger's own trace has another hash there, or stops being finite below this node. */
function isWrong(trace: Trace, child: TraceNode): boolean {
  const bad = trace.firstNonFinite;
  if (child.tensor !== DATA) {
    const chunk = bad?.tensor === child.tensor ? Math.floor((4 * bad.element) / CHUNK_BYTES) : -1;
    const invalid = chunk >= child.start && chunk < child.start + child.count;
    return invalid || !equalBytes(trace.tree(child.tensor).node(child.start, child.count), child.hash);
  }
  const invalid = bad !== undefined && bad.tensor >= child.start && bad.tensor < child.start + child.count;
  const group = groupOf(trace.dag, child.start);
  if (group === undefined) return true;
  return invalid || !equalBytes(trace.groupTree(group).node(child.start - group.start, child.count), child.hash);
}

function nodeBytes(trace: Trace, node: TraceNode): Uint8Array {
  const bytes = floatsToBytes(trace.tensor(node.tensor));
  return concat(Array.from({ length: node.count }, (_, i) => chunkOf(bytes, node.start + i)));
}
