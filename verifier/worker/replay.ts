import { availableParallelism } from 'node:os';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { proofToHash, prove } from '../../modules/beacon/ecvrf.ts';
import { seatUnits, u64be } from '../../modules/verification/formulas.ts';
import type { Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { type Attestation, type Run, type Task, Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { floatsToBytes } from '../../training/bytes.ts';
import { NonFiniteError } from '../../training/canonical/finite.ts';
import type { Leaf } from '../../training/commit.ts';
import type { Dataset } from '../../training/dataset.ts';
import { concat, equalBytes, hashLeaf, merkleRoot } from '../../training/merkle.ts';
import { initialUnit } from '../../training/run.ts';
import { strainedLimit } from '../../training/tolerances.ts';
import { checkGradient, type Nearness, referenceGradient } from '../../training/tolerant/check.ts';
import { initialTolerantUnit, tolerantUnit } from '../../training/tolerant/unit.ts';
import { type Engine, openEngine, plainEngine } from '../../training/wasm/engine.ts';
import type { ArtifactCache } from '../artifacts/cache.ts';
import { loadHoldout, loadRun, type RunData } from './runData.ts';

export interface ReplayInput {
  readonly task: Task;
  readonly run: Run;
  readonly objective: Objective;
  /** Units that a seat draws besides the fixed ones. */
  readonly unitsPerSeat: number;
  /** Seed of the VRF key that the seat was given with, 32 bytes. */
  readonly vrfSeed: Uint8Array;
  /** Account address bytes of the operator: they salt the trace, so that a copied one is worth nothing. */
  readonly operator: Uint8Array;
}

/**
 * Replays the units that the seat's VRF draws, in the canonical function F, and says what they show. FRAUD is said only
 * of a unit that was computed here and differs, so that a false alarm is a bug, never noise.
 * Throws `ArtifactUnavailable` when the run's files cannot be had as committed.
 */
export async function replayRun(
  input: ReplayInput,
  cache: ArtifactCache,
  say: (line: string) => void = (line) => console.error(line),
): Promise<Attestation> {
  const { run, task } = input;
  const vrfProof = prove(input.vrfSeed, task.alpha);
  const output = proofToHash(vrfProof);
  if (output === undefined) throw new Error('the proof of the own VRF key does not open');
  const units = seatUnits(output, run.units, input.unitsPerSeat).map(Number);
  const engine = await openEngine({ threads: availableParallelism(), say });
  try {
    const data = await loadRun(run, cache, engine.hashAll);
    const holdout = () => loadHoldout(input.objective, data.network, cache);
    return { ...(await judgeRun(data, units, input.operator, holdout, engine)), vrfProof };
  } finally {
    await engine.close();
  }
}

/**
 * What these units show: FRAUD with the first one that does not replay; in the tolerant lane INVALID if a gradient is
 * not near F's, which nobody is slashed for; else VALID with the accuracy on the holdout.
 */
export async function judgeRun(
  data: RunData,
  units: readonly number[],
  operator: Uint8Array,
  holdout: () => Promise<Dataset>,
  engine: Engine = plainEngine(),
): Promise<Omit<Attestation, 'vrfProof'>> {
  const entries: Uint8Array[] = [];
  let badUnit: number | undefined;
  let strained = 0;
  for (const unit of units) {
    await yieldToOthers();
    const replayed = await replayUnit(data, unit, engine);
    if (replayed === undefined) {
      badUnit = unit;
      break;
    }
    entries.push(traceEntry(operator, unit, replayed));
    strained += replayed.nearness === 'beyond' ? units.length + 1 : replayed.nearness === 'strained' ? 1 : 0;
  }
  const traceRoot = merkleRoot(entries.map(hashLeaf));
  if (badUnit !== undefined) {
    return { verdict: Verdict.VERDICT_FRAUD, metrics: [], traceRoot, badUnit: BigInt(badUnit) };
  }
  if (strained > strainedLimit(units.length)) {
    return { verdict: Verdict.VERDICT_INVALID, metrics: [], traceRoot, badUnit: 0n };
  }
  const measured = engine.accuracy(data.network, await data.state(Number(data.run.units)), await holdout());
  const metrics = [
    { name: 'accuracy', value: BigInt(measured.ppm) },
    { name: 'holdout_records', value: BigInt(measured.records) },
  ];
  return { verdict: Verdict.VERDICT_VALID, metrics, traceRoot, badUnit: 0n };
}

/** The unit computed again if it ends where the trainer said, else undefined. */
export async function replayUnit(
  data: RunData,
  unit: number,
  engine: Engine = plainEngine(),
): Promise<Replayed | undefined> {
  const { run, network, dataset } = data;
  if (network.spec.lane === 'tolerant') return await replayTolerantUnit(data, unit, engine);
  const claimed = data.leaf(unit);
  const before = unit === 0 ? undefined : await data.state(unit - 1);
  try {
    const result =
      before === undefined ? initialUnit(network, run.seed) : engine.runUnit(network, run.seed, dataset, unit, before);
    const { leaf } = result;
    const equal = equalBytes(leaf.stateRoot, claimed.stateRoot) && equalBytes(leaf.batchDigest, claimed.batchDigest);
    return equal ? result : undefined;
  } catch (error) {
    // A value that is not finite makes the unit wrong, whoever computed it; the dispute ends at that element.
    if (error instanceof NonFiniteError) return undefined;
    throw error;
  }
}

/** What a seat found in computing a unit again. */
export interface Replayed {
  readonly losses: readonly number[];
  /** How near the gradient is to F's, in the tolerant lane. */
  readonly nearness?: Nearness;
}

/** Batch and update are F's to the bit, or the unit is wrong; the gradient is compared. */
async function replayTolerantUnit(data: RunData, unit: number, engine: Engine): Promise<Replayed | undefined> {
  const { run, network, dataset } = data;
  const claimed = data.leaf(unit);
  const isClaimed = ({ stateRoot, batchDigest }: Leaf) =>
    equalBytes(stateRoot, claimed.stateRoot) && equalBytes(batchDigest, claimed.batchDigest);
  if (unit === 0) return isClaimed(initialTolerantUnit(network, run.seed).leaf) ? { losses: [] } : undefined;
  const before = await data.state(unit - 1);
  const gradient = await data.gradient(unit);
  try {
    const { leaf } = engine.with((kernels) =>
      tolerantUnit(network, run.seed, dataset, unit, before, gradient, kernels),
    );
    if (!isClaimed(leaf)) return undefined;
  } catch (error) {
    if (error instanceof NonFiniteError) return undefined;
    throw error;
  }
  try {
    const reference = engine.with((kernels) => referenceGradient(network, run.seed, dataset, unit, before, kernels));
    return { losses: [reference.loss], nearness: checkGradient(network, gradient, reference).nearness };
  } catch (error) {
    // Where F has no gradient none is near it.
    if (error instanceof NonFiniteError) return { losses: [], nearness: 'beyond' };
    throw error;
  }
}

/** H over the losses on the way: a trainer does not publish them, and only who computed the unit knows them. */
function traceEntry(operator: Uint8Array, unit: number, { losses }: Replayed): Uint8Array {
  return concat([operator, u64be(BigInt(unit)), floatsToBytes(Float32Array.from(losses))]);
}
