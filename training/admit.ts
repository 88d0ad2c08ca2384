import { DATA, type Dag, type Tensor, tensorAt } from './dag.ts';
import { CHUNK_BYTES, chunkCount, frontier, HASH_BYTES } from './merkle.ts';
import { networkOf, shardRows } from './network.ts';
import { SpecError } from './operators/fields.ts';
import { recordBytes, type Spec, unitCount } from './spec.ts';
import { unitDag } from './unitDag.ts';
import { OPENING_LEVELS, tensorChunks, VALUE_CHUNKS } from './walk.ts';

/** What is checked when a run is registered, beyond the specification alone: its data fits, and a dispute stays small. */

/** First tensor of a unit that is not given: data and state before stand in front of it. */
const BATCH_START = 2;

/** The longest dispute that a run may lead to. */
export interface DisputeSize {
  /** Moves of the trainer: openings and the leaf proof. */
  readonly moves: number;
  /** Bytes of hashes and values in those moves, without protobuf's few bytes around them. */
  readonly bytes: number;
}

export const admissionLimits = { tensors: 4_096, elements: 2 ** 31, moves: 8, bytes: 32_768 } as const;

/** Tensors of a step beside those of its shards: features, labels, the state after. */
const STEP_TENSORS = 3;

/** Tensors of one unit's DAG, found by laying out one shard of one step: what a dispute's moves cost grows with it. */
export function unitTensors(spec: Spec): number {
  // One step whose gradient is given: nothing of its shards is laid out.
  if (spec.lane === 'tolerant') return unitDag(networkOf(spec), new Uint8Array(32), spec.batch, 1).tensors.length;
  const single = networkOf({ ...spec, commit_every: 1, batch: shardRows(spec), shards: 1 });
  const shard = unitDag(single, new Uint8Array(32), spec.batch, 1).tensors.length - BATCH_START - STEP_TENSORS;
  const sums = spec.shards - 1;
  return BATCH_START + (STEP_TENSORS + spec.shards * shard + sums) * spec.commit_every;
}

/** The size of the longest dispute; a function of the specification and the number of records only. */
export function disputeSize(spec: Spec, records: number): DisputeSize {
  const dag = unitDag(networkOf(spec), new Uint8Array(32), records, 1);
  const opening = openingBytes(spec, dag);
  const known = new Map<string, DisputeSize>();
  const descent = (count: number, least: number): DisputeSize => {
    const key = `${count} ${least}`;
    const size = known.get(key) ?? descend(count, least);
    known.set(key, size);
    return size;
  };
  let moves = 0;
  let bytes = 0;
  for (let tensor = dag.batch.start; tensor <= dag.after; tensor += 1) {
    const group = tensor === dag.after ? 1 : tensor < dag.inner.start ? dag.batch.count : dag.inner.count;
    const above = descent(Math.ceil(group / 2 ** OPENING_LEVELS), 1);
    const below = descent(tensorChunks(dag, tensor), VALUE_CHUNKS);
    moves = Math.max(moves, 1 + above.moves + below.moves + 2);
    const values = VALUE_CHUNKS * CHUNK_BYTES;
    bytes = Math.max(bytes, opening + above.bytes + below.bytes + values + leafBytes(dag, tensor));
  }
  return { moves, bytes };
}

/** The most moves of the trainer that a dispute of such a run takes. */
export function disputeDepth(spec: Spec, records: number): number {
  return disputeSize(spec, records).moves;
}

/**
 * Refuses a run that its data cannot feed or whose disputes would not fit into blocks.
 * @throws SpecError
 */
export function admitRun(spec: Spec, records: number, bytesPerRecord: number): void {
  if (bytesPerRecord !== recordBytes(spec)) {
    throw new SpecError('spec.record', `needs records of ${recordBytes(spec)} bytes, the data has ${bytesPerRecord}`);
  }
  if (!Number.isSafeInteger(records) || records < spec.batch) {
    throw new SpecError('spec.batch', `needs ${spec.batch} records, the data has ${records}`);
  }
  const tensors = unitTensors(spec);
  if (tensors > admissionLimits.tensors) {
    throw new SpecError(
      'spec.commit_every',
      `makes a unit of ${tensors} tensors, more than ${admissionLimits.tensors}`,
    );
  }
  const largest = largestTensor(spec, records);
  if (largest.length > admissionLimits.elements) {
    throw new SpecError('spec.batch', `makes ${largest.length} values of ${largest.name}`);
  }
  const { moves, bytes } = disputeSize(spec, records);
  if (moves > admissionLimits.moves || bytes > admissionLimits.bytes) {
    throw new SpecError('spec', `could lead to a dispute of ${moves} moves and ${bytes} bytes`);
  }
}

/** The largest tensor that a dispute can lead into. */
function largestTensor(spec: Spec, records: number): Tensor {
  const { tensors } = unitDag(networkOf({ ...spec, commit_every: 1 }), new Uint8Array(32), records, 1);
  return tensors.slice(BATCH_START).reduce((most, tensor) => (tensor.length > most.length ? tensor : most));
}

/** Openings from `count` leaves down to a node of `least`; each shows up to 64 children. */
function descend(count: number, least: number): DisputeSize {
  if (count <= least) return { moves: 0, bytes: 0 };
  const spans = frontier(count, OPENING_LEVELS);
  const below = descend(Math.max(...spans.map((span) => span.count)), least);
  return { moves: 1 + below.moves, bytes: spans.length * HASH_BYTES + below.bytes };
}

function openingBytes(spec: Spec, dag: Dag): number {
  const shown = frontier(dag.batch.count, OPENING_LEVELS).length + frontier(dag.inner.count, OPENING_LEVELS).length;
  const leaf = (2 + levels(unitCount(spec) + 1)) * HASH_BYTES;
  return shown * HASH_BYTES + 2 * leaf;
}

/** Inputs of the tensor's first leaf, which never has fewer than the others. */
function leafBytes(dag: Dag, tensor: number): number {
  const ranges = tensorAt(dag, tensor).rule?.inputs(0) ?? [];
  return ranges.reduce((sum, range) => {
    const { length } = tensorAt(dag, range.tensor);
    const above = range.tensor === DATA ? 0 : levels(Math.max(dag.batch.count, dag.inner.count));
    return sum + CHUNK_BYTES + HASH_BYTES * (levels(chunkCount(4 * length)) + above);
  }, 0);
}

function levels(count: number): number {
  return Math.ceil(Math.log2(Math.max(1, count)));
}
