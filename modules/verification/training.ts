/**
 * What the chain asks of `training/`, in the chain's own terms: how large a run is, whether a last leaf belongs to a
 * step root, and whose move a dispute is.
 */
import type {
  DisputeWalk,
  LeafOpening,
  LeafProof,
  Opening,
} from '../../proto/generated/infinet/verification/v1/dispute.ts';
import { admitRun, unitTensors } from '../../training/admit.ts';
import { runSeed, verifyLeaf } from '../../training/commit.ts';
import * as dispute from '../../training/dispute.ts';
import { MerkleError } from '../../training/merkle.ts';
import { networkOf } from '../../training/network.ts';
import { parseSpec, recordBytes, specHash, unitCount } from '../../training/spec.ts';

/** What a specification says about the size of a run. */
export interface RunShape {
  /** SHA-256 of the canonical JSON. */
  readonly hash: Uint8Array;
  /** Units (T). */
  readonly units: bigint;
  /** Operations, forward and backward, that one unit takes. */
  readonly unitFlop: bigint;
  /** Bytes of one training record. */
  readonly recordBytes: number;
  /** Records that one batch takes. */
  readonly batch: bigint;
  /** Bytes of the state that the final root covers. */
  readonly stateBytes: bigint;
}

/** What a run's leaves are bound to. */
export interface RunFacts {
  readonly spec: Uint8Array;
  readonly runId: bigint;
  readonly seed: Uint8Array;
  readonly dataRoot: Uint8Array;
  readonly records: bigint;
  readonly stepRoot: Uint8Array;
}

export type Side = 'trainer' | 'challenger';

/** Whose move it is, and which message carries it. */
export type NextMove = 'opening' | 'selection' | 'leaf';

export interface TrainingRules {
  /** Throws an `Error` that says what is wrong with the bytes. */
  shape(spec: Uint8Array): RunShape;
  /** Throws an `Error` if the data cannot feed the run, or if a dispute about it would not fit into blocks. */
  admit(spec: Uint8Array, data: { readonly records: bigint; readonly recordBytes: number }): void;
  /** Tensors of one unit; every move but the challenger's lays them all out. */
  tensors(spec: Uint8Array): bigint;
  seed(specHash: Uint8Array, dataRoot: Uint8Array, beaconValue: Uint8Array): Uint8Array;
  /** Whether `leaf` is leaf `unit` of `units` + 1 under `stepRoot`. */
  provesLeaf(runId: bigint, stepRoot: Uint8Array, unit: bigint, units: bigint, leaf: LeafOpening): boolean;
  startDispute(run: RunFacts, unit: bigint): DisputeWalk;
  nextMove(walk: DisputeWalk): NextMove;
  /** Each throws an `Error` that says which rule the move breaks. */
  applyOpening(run: RunFacts, walk: DisputeWalk, opening: Opening): DisputeWalk;
  applySelection(walk: DisputeWalk, index: number): DisputeWalk;
  checkLeaf(run: RunFacts, walk: DisputeWalk, leaf: LeafProof): Side;
}

/** The exact lane: every result of `training/` is a matter of bits. */
export const exactTraining: TrainingRules = {
  shape: (bytes) => {
    const spec = parseSpec(bytes);
    const network = networkOf(spec);
    const flops = network.layers.reduce((sum, layer) => sum + layer.flops, 0);
    return {
      hash: specHash(spec),
      units: BigInt(unitCount(spec)),
      unitFlop: BigInt(Math.ceil(flops)) * BigInt(spec.batch) * BigInt(spec.commit_every),
      recordBytes: recordBytes(spec),
      batch: BigInt(spec.batch),
      stateBytes: 4n * BigInt(network.stateLength),
    };
  },
  admit: (spec, { records, recordBytes: bytes }) => admitRun(parseSpec(spec), Number(records), bytes),
  tensors: (spec) => BigInt(unitTensors(parseSpec(spec))),
  seed: runSeed,
  provesLeaf: (runId, stepRoot, unit, units, leaf) => {
    try {
      return verifyLeaf(runId, stepRoot, Number(units) + 1, Number(unit), leaf);
    } catch (error) {
      if (error instanceof MerkleError) return false;
      throw error;
    }
  },
  startDispute: (run, unit) => dispute.startDispute(facts(run), Number(unit)),
  nextMove: (walk) => {
    if (dispute.turn(walk) === 'challenger') return 'selection';
    return walk.stage?.$case === 'leaf' ? 'leaf' : 'opening';
  },
  applyOpening: (run, walk, opening) => dispute.applyOpening(facts(run), walk, opening),
  applySelection: (walk, index) => dispute.applySelection(walk, index),
  checkLeaf: (run, walk, leaf) => dispute.checkLeaf(facts(run), walk, leaf),
};

function facts(run: RunFacts): dispute.RunFacts {
  return { ...run, spec: parseSpec(run.spec), records: Number(run.records) };
}
