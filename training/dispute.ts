import type {
  DisputeWalk,
  LeafOpening,
  LeafProof,
  Opening,
  TraceNode,
  UnitOpening,
} from '../proto/generated/infinet/verification/v1/dispute.ts';
import { bytesToFloats, floatsToBytes } from './bytes.ts';
import { verifyLeaf } from './commit.ts';
import { BEFORE, DATA, type Dag, type Range, type TensorGroup, tensorAt } from './dag.ts';
import {
  CHUNK_BYTES,
  chunkOf,
  equalBytes,
  foldFrontier,
  frontier,
  HASH_BYTES,
  hashLeaf,
  MerkleError,
  merkleRoot,
  rootFromPath,
} from './merkle.ts';
import { networkOf } from './network.ts';
import { type Spec, unitCount } from './spec.ts';
import { unitDag } from './unitDag.ts';
import { childrenOf, groupOf, hashInTree, isValueNode, OPENING_LEVELS, tensorChunks, tensorNode } from './walk.ts';

/**
 * The chain's side of a dispute about one unit. The trainer opens a node of the unit's trace, the challenger names the
 * first child that it disagrees with, until one element is left; then the chain computes that element. Nothing here
 * keeps state: a `DisputeWalk` goes in and the next one comes out. README.md tells the whole game.
 */

/** What both sides and the chain know of the run that a dispute is about. */
export interface RunFacts {
  readonly spec: Spec;
  /** Bound into every leaf. */
  readonly runId: bigint;
  /** SHA-256(spec hash || data root || beacon value), 32 bytes. */
  readonly seed: Uint8Array;
  readonly dataRoot: Uint8Array;
  /** Records of the data set. */
  readonly records: number;
  readonly stepRoot: Uint8Array;
}

export type DisputeFault =
  /** It is not this side's move, or the stage asks for another kind of opening. */
  | 'turn'
  /** There is no such unit, child or element. */
  | 'position'
  /** Not as many bytes or inputs as the place demands. */
  | 'length'
  /** Does not hash to what was committed or shown before. */
  | 'root';

/** A move that the rules do not allow. It changes nothing; the side may move again until its deadline. */
export class DisputeError extends Error {
  readonly reason: DisputeFault;

  constructor(reason: DisputeFault, message: string) {
    super(message);
    this.name = 'DisputeError';
    this.reason = reason;
  }
}

export type Side = 'trainer' | 'challenger';

/** The side that must move next; a missed deadline loses. */
export function turn(walk: DisputeWalk): Side {
  return walk.stage?.$case === 'children' || walk.stage?.$case === 'values' ? 'challenger' : 'trainer';
}

/** A dispute about unit 0 (the initial weights) to T (`unitCount(spec)`). The trainer moves first. @throws DisputeError */
export function startDispute(run: RunFacts, unit: number): DisputeWalk {
  if (!Number.isInteger(unit) || unit < 0 || unit > unitCount(run.spec)) {
    throw new DisputeError('position', `the run has units 0 to ${unitCount(run.spec)}, no unit ${unit}`);
  }
  const none = new Uint8Array(0);
  const stage = { $case: 'start' as const, value: {} };
  return { unit, beforeRoot: none, batchDigest: none, innerRoot: none, afterRoot: none, stage };
}

/** The trainer's move while the stage is `start` or `node`. @throws DisputeError */
export function applyOpening(run: RunFacts, walk: DisputeWalk, opening: Opening): DisputeWalk {
  const { stage } = walk;
  const { move } = opening;
  if (stage?.$case === 'start' && move?.$case === 'unit') return openUnit(run, walk, move.value);
  const node = stage?.$case === 'node' ? stage.value.node : undefined;
  if (node !== undefined && move?.$case === 'values' && isValueNode(node))
    return openValues(run, walk, node, move.value);
  if (node !== undefined && move?.$case === 'children' && !isValueNode(node)) {
    const children = shownChildren(dagOf(run, walk.unit), node.tensor, node.start, node.count, move.value);
    demand(equalBytes(fold(node.tensor, node.count, children), node.hash), 'root', 'the children are not of this node');
    return { ...walk, stage: { $case: 'children', value: { children } } };
  }
  throw new DisputeError('turn', `stage ${stage?.$case} takes no opening of kind ${move?.$case}`);
}

/** The challenger's move: the first child or element, by position, that it disagrees with. @throws DisputeError */
export function applySelection(walk: DisputeWalk, index: number): DisputeWalk {
  const { stage } = walk;
  if (stage?.$case === 'children') {
    const node = stage.value.children[index];
    demand(node !== undefined, 'position', `there are ${stage.value.children.length} children, no child ${index}`);
    return { ...walk, stage: { $case: 'node', value: { node } } };
  }
  if (stage?.$case === 'values') {
    const { tensor, firstElement, values } = stage.value;
    const claimed = values.slice(index * 4, index * 4 + 4);
    demand(Number.isInteger(index) && index >= 0 && claimed.length === 4, 'position', `there is no element ${index}`);
    return { ...walk, stage: { $case: 'leaf', value: { tensor, element: firstElement + index, claimed } } };
  }
  throw new DisputeError('turn', 'the trainer has to move first');
}

/**
 * The trainer's last move: the chain computes the disputed element from the proven inputs. The trainer wins if its claim
 * is finite and equal in every bit.
 * @throws DisputeError when the proof does not belong to the agreed trace
 */
export function checkLeaf(run: RunFacts, walk: DisputeWalk, proof: LeafProof): Side {
  if (walk.stage?.$case !== 'leaf') throw new DisputeError('turn', 'no leaf is to be proven');
  const { tensor, element, claimed } = walk.stage.value;
  const dag = dagOf(run, walk.unit);
  const { rule } = tensorAt(dag, tensor);
  // A gradient of the tolerant lane is given, not computed: there is nothing wrong that its leaf could show.
  if (rule === undefined) return 'trainer';
  const ranges = rule.inputs(element);
  demand(proof.inputs.length === ranges.length, 'length', `the leaf has ${ranges.length} inputs`);
  const inputs = ranges.map((range, i) => provenInput(run, walk, dag, range, proof.inputs[i]));
  const value = rule.compute(element, inputs);
  const same = equalBytes(floatsToBytes(Float32Array.of(value)), claimed);
  return Number.isFinite(value) && same ? 'trainer' : 'challenger';
}

/** The static DAG of a unit of a run. */
export function dagOf(run: Pick<RunFacts, 'spec' | 'seed' | 'records'>, unit: number): Dag {
  return unitDag(networkOf(run.spec), run.seed, run.records, unit);
}

function openUnit(run: RunFacts, walk: DisputeWalk, opening: UnitOpening): DisputeWalk {
  const { unit } = walk;
  const { previous, current } = opening;
  demand((previous === undefined) === (unit === 0), 'length', 'every unit but 0 opens the leaf before it too');
  if (previous !== undefined) checkOpening(run, unit - 1, previous);
  demand(current !== undefined, 'length', 'the leaf of the unit is not opened');
  checkOpening(run, unit, current);
  const dag = dagOf(run, unit);
  const batch = shownChildren(dag, DATA, dag.batch.start, dag.batch.count, opening.batch);
  const inner = shownChildren(dag, DATA, dag.inner.start, dag.inner.count, opening.inner);
  const innerRoot = fold(DATA, dag.inner.count, inner);
  demand(
    equalBytes(fold(DATA, dag.batch.count, batch), current.batchDigest),
    'root',
    'the batch tensors are not those of the leaf',
  );
  if (run.spec.lane === 'tolerant') {
    demand(equalBytes(innerRoot, current.gradRoot), 'root', 'the gradient is not that of the leaf');
  }
  return {
    unit,
    beforeRoot: previous?.stateRoot ?? new Uint8Array(0),
    batchDigest: current.batchDigest,
    innerRoot,
    afterRoot: current.stateRoot,
    stage: {
      $case: 'children',
      value: { children: [...batch, ...inner, tensorNode(dag, dag.after, current.stateRoot)] },
    },
  };
}

function openValues(run: RunFacts, walk: DisputeWalk, node: TraceNode, values: Uint8Array): DisputeWalk {
  const total = 4 * tensorAt(dagOf(run, walk.unit), node.tensor).length;
  const first = node.start * CHUNK_BYTES;
  const length = Math.min(total - first, node.count * CHUNK_BYTES);
  demand(values.length === length, 'length', `the node has ${length} bytes of values, not ${values.length}`);
  const leaves = Array.from({ length: node.count }, (_, i) => hashLeaf(chunkOf(values, i)));
  demand(equalBytes(merkleRoot(leaves), node.hash), 'root', 'the values are not of this node');
  const shown = { tensor: node.tensor, firstElement: first / 4, values };
  return { ...walk, stage: { $case: 'values', value: shown } };
}

function checkOpening(run: RunFacts, t: number, opening: LeafOpening): void {
  const size = unitCount(run.spec) + 1;
  const expected = run.spec.lane === 'tolerant' ? HASH_BYTES : 0;
  demand(opening.gradRoot.length === expected, 'length', `a leaf of this lane has ${expected} bytes of gradient root`);
  const good = shaped(() => verifyLeaf(run.runId, run.stepRoot, size, t, opening));
  demand(good, 'root', `this is not leaf ${t} of the run's step root`);
}

/** Cuts concatenated hashes into the children that a node must have. */
function shownChildren(dag: Dag, tensor: number, start: number, count: number, bytes: Uint8Array): TraceNode[] {
  const expected = frontier(count, OPENING_LEVELS).length * HASH_BYTES;
  demand(bytes.length === expected, 'length', `the children take ${expected} bytes, not ${bytes.length}`);
  const hashes = Array.from({ length: expected / HASH_BYTES }, (_, i) =>
    bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
  return childrenOf(dag, tensor, start, count, hashes);
}

function fold(tensor: number, count: number, children: readonly TraceNode[]): Uint8Array {
  const hashes = children.map((child) => hashInTree(tensor, child));
  return foldFrontier(hashes, count, OPENING_LEVELS);
}

/** The values of a range, after its chunk has been followed up to a root that both sides accept. */
function provenInput(
  run: RunFacts,
  walk: DisputeWalk,
  dag: Dag,
  range: Range,
  proof: LeafProof['inputs'][number] | undefined,
): Float32Array {
  const { name, length } = tensorAt(dag, range.tensor);
  demand(proof !== undefined, 'length', `${name} is not proven`);
  const index = Math.floor((4 * range.offset) / CHUNK_BYTES);
  const size = Math.min(4 * length - index * CHUNK_BYTES, CHUNK_BYTES);
  demand(proof.chunk.length === size, 'length', `chunk ${index} of ${name} has ${size} bytes`);
  const chunks = tensorChunks(dag, range.tensor);
  const root = shaped(() => rootFromPath(hashLeaf(proof.chunk), index, chunks, proof.path));
  const top = shaped(() => topOf(groupOf(dag, range.tensor), range.tensor, root, proof.tensorPath));
  demand(equalBytes(top, acceptedRoot(run, walk, dag, range.tensor)), 'root', `this is not chunk ${index} of ${name}`);
  const first = range.offset - (index * CHUNK_BYTES) / 4;
  return bytesToFloats(proof.chunk).subarray(first, first + range.length);
}

/** The root that a tensor's root leads to: of its group, or itself. */
function topOf(group: TensorGroup | undefined, tensor: number, root: Uint8Array, path: Uint8Array): Uint8Array {
  if (group !== undefined) return rootFromPath(hashLeaf(root), tensor - group.start, group.count, path);
  if (path.length !== 0) throw new MerkleError('data and states have no path above their root');
  return root;
}

function acceptedRoot(run: RunFacts, walk: DisputeWalk, dag: Dag, tensor: number): Uint8Array {
  if (tensor === DATA) return run.dataRoot;
  if (tensor === BEFORE) return walk.beforeRoot;
  return tensor < dag.inner.start ? walk.batchDigest : walk.innerRoot;
}

/** A path of a wrong length is the mover's fault, like any other malformed move. */
function shaped<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof MerkleError) throw new DisputeError('length', error.message);
    throw error;
  }
}

function demand(condition: boolean, reason: DisputeFault, message: string): asserts condition {
  if (!condition) throw new DisputeError(reason, message);
}
