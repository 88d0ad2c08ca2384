import type { Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Run } from '../../proto/generated/infinet/verification/v1/types.ts';
import { bytesToFloats } from '../../training/bytes.ts';
import { type HashAll, hashAll, rootOver } from '../../training/canonical/hashing.ts';
import { type Leaf, leafBytes, servedLeaf, servedStepRoot } from '../../training/commit.ts';
import { DataError, Dataset } from '../../training/dataset.ts';
import { CHUNK_BYTES, equalBytes, hashLeaf, merkleRoot } from '../../training/merkle.ts';
import { type Network, networkOf, sumLength } from '../../training/network.ts';
import { gradientFile, leavesFile, stateFile } from '../../training/runFiles.ts';
import { parseSpec, type RecordSpec, unitCount } from '../../training/spec.ts';
import type { ArtifactCache, ArtifactRef } from '../artifacts/cache.ts';
import { ArtifactMismatch, ArtifactUnavailable, download } from '../artifacts/download.ts';

/** Everything that a replay reads, fetched and checked against what the chain has recorded. */
export interface RunData {
  readonly run: Run;
  readonly network: Network;
  readonly dataset: Dataset;
  /** What the trainer committed to after unit t. @throws RangeError for a unit that the run has not */
  leaf(t: number): Leaf;
  /** State after unit t, as the trainer committed it. Throws `ArtifactUnavailable` if it is not served. */
  state(t: number): Promise<Float32Array>;
  /** The gradient of unit t (1 to T) of a run in the tolerant lane, as the trainer committed it. Throws as `state` does. */
  gradient(t: number): Promise<Float32Array>;
}

/**
 * Fetches a run's data and leaves. What a trainer withholds, or serves with other hashes than committed, is
 * `ArtifactUnavailable`: nothing is proven by it, but nothing can be confirmed either.
 */
export async function loadRun(run: Run, cache: ArtifactCache, hash: HashAll = hashAll): Promise<RunData> {
  const { data } = run;
  if (data === undefined) throw new Error(`run ${run.id} names no data`);
  const { record } = parseSpec(run.spec);
  const sizeBytes = Number(data.records) * data.recordBytes;
  const dataset = await readRecords(record, { root: data.root, sizeBytes, uris: data.uris }, cache);
  const served: Served = async (file, maxBytes, isRight) => {
    try {
      return await download(under(run.uris, file), { maxBytes, isRight });
    } catch (error) {
      if (error instanceof ArtifactMismatch)
        throw new ArtifactUnavailable(`${file}: not what was committed: ${error.message}`);
      throw error;
    }
  };
  return await openRun(run, dataset, served, hash);
}

/** Bytes of a file of the run for which `isRight` holds, at most `maxBytes` of them. Throws `ArtifactUnavailable`. */
export type Served = (file: string, maxBytes: number, isRight: (bytes: Uint8Array) => boolean) => Promise<Uint8Array>;

/**
 * A run over what somebody serves, none of which is believed.
 * @throws ArtifactUnavailable when leaves, or later a state, are not the committed ones
 */
export async function openRun(run: Run, dataset: Dataset, served: Served, hash: HashAll = hashAll): Promise<RunData> {
  const network = networkOf(parseSpec(run.spec));
  const { lane } = network.spec;
  const allLeaves = leafBytes(lane) * (unitCount(network.spec) + 1);
  const bytes = await served(
    leavesFile,
    allLeaves,
    (candidate) =>
      candidate.length === allLeaves && equalBytes(servedStepRoot(run.id, candidate, lane, hash), run.stepRoot),
  );
  const leaf = (t: number) => servedLeaf(bytes, t, lane);
  const stateBytes = 4 * network.stateLength;
  const rootOf = (bytes: Uint8Array) => rootOver(hash, hash(0, bytes, CHUNK_BYTES));
  const state = async (t: number) => {
    const { stateRoot } = leaf(t);
    const isState = (bytes: Uint8Array) => bytes.length === stateBytes && equalBytes(rootOf(bytes), stateRoot);
    return bytesToFloats(await served(stateFile(t), stateBytes, isState));
  };
  const gradientBytes = 4 * sumLength(network);
  const gradient = async (t: number) => {
    const { gradRoot = new Uint8Array(0) } = leaf(t);
    const isGradient = (bytes: Uint8Array) =>
      bytes.length === gradientBytes && equalBytes(merkleRoot([hashLeaf(rootOf(bytes))]), gradRoot);
    return bytesToFloats(await served(gradientFile(t), gradientBytes, isGradient));
  };
  return { run, network, dataset, leaf, state, gradient };
}

/** The objective's current holdout shard as records of the run's kind. `ArtifactUnavailable` when it has none of them. */
export async function loadHoldout(objective: Objective, network: Network, cache: ArtifactCache): Promise<Dataset> {
  const [shard] = objective.holdouts;
  if (shard === undefined) throw new ArtifactUnavailable(`objective ${objective.id} has no holdout shard`);
  const sizeBytes = Number(shard.sizeBytes);
  return await readRecords(network.spec.record, { root: shard.root, sizeBytes, uris: shard.uris }, cache);
}

/** A run says nothing about bytes that are no such records, so it cannot be judged by them. */
async function readRecords(record: RecordSpec, artifact: ArtifactRef, cache: ArtifactCache): Promise<Dataset> {
  try {
    return new Dataset(record, await cache.read(artifact));
  } catch (error) {
    if (error instanceof ArtifactMismatch || error instanceof DataError) throw new ArtifactUnavailable(error.message);
    throw error;
  }
}

function under(bases: readonly string[], file: string): string[] {
  return bases.map((base) => `${base.replace(/\/$/, '')}/${file}`);
}
