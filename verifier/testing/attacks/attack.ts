import { type Batch, gatherBatch } from '../../../training/batch.ts';
import { trainStep } from '../../../training/canonical/step.ts';
import { batchDigest, encodeLeaves, type Leaf, StepTree, stateRoot } from '../../../training/commit.ts';
import type { Dataset } from '../../../training/dataset.ts';
import type { Network } from '../../../training/network.ts';
import { philoxKey, randomWord, unitFloat } from '../../../training/random.ts';
import { initialUnit, runUnit, type UnitResult } from '../../../training/run.ts';
import { type Spec, unitCount } from '../../../training/spec.ts';

/** What a cheating trainer has in front of it: the run that it should do, and the units that it means to cheat in. */
export interface Setting {
  readonly network: Network;
  readonly runId: bigint;
  readonly seed: Uint8Array;
  readonly data: Dataset;
  /** The run as it should be, unit 0 to T: some attacks need to know it, all are compared with it. */
  readonly honest: readonly UnitResult[];
  /** A tenth of the units, ascending, none of them the first or the last one, which every seat checks. */
  readonly chosen: readonly number[];
}

/** What a trainer commits to, and what it serves afterwards. */
export interface Claim {
  readonly stepRoot: Uint8Array;
  /** As served: 64 bytes a leaf. */
  readonly leafBytes: Uint8Array;
  /** The state served for a unit; undefined where it is withheld. */
  served(unit: number): Float32Array | undefined;
  /** Units that are not what F makes of the unit before. */
  readonly bad: ReadonlySet<number>;
  /** Leaves of the step root: what the trainer opens in a dispute. */
  readonly leaves: readonly Leaf[];
  /** The batches behind a bad unit's digest, where they are not the ones that the order demands. */
  readonly batches: ReadonlyMap<number, Batch>;
}

/** How many units an attack touches: a tenth, one that it may choose, or those that every seat checks. */
export type Extent = 'tenth' | 'one' | 'fixed' | 'all';

export interface Attack {
  readonly name: string;
  /** Where the attack is described. */
  readonly source: string;
  readonly extent: Extent;
  /** What is served may not be what was committed: a seat says UNAVAILABLE where nothing can be proven, never VALID. */
  readonly unavailable?: boolean;
  /** What the specification must have for this cheat, where any will not do. */
  readonly recipe?: (spec: Spec) => Readonly<Partial<Record<keyof Spec, unknown>>>;
  cheat(setting: Setting): Claim;
}

/** What a unit ends in; `batch` where its digest is of another one than the order demands. */
export interface Lie {
  readonly state: Float32Array;
  readonly batch?: Batch;
}

/**
 * A run in which `lie` replaces the end of some units; it goes on from there honestly. The lie sees the unit's honest end,
 * computed from the state that the claim really has before it.
 */
export function lyingRun(
  setting: Setting,
  lie: (unit: number, honest: UnitResult, before: Float32Array) => Lie | undefined,
): Claim {
  const { network, seed, data, runId } = setting;
  const units: UnitResult[] = [];
  const bad = new Set<number>();
  const batches = new Map<number, Batch>();
  for (let unit = 0; unit <= unitCount(network.spec); unit++) {
    const before = units[unit - 1]?.state ?? new Float32Array(0);
    const honest = unit === 0 ? initialUnit(network, seed) : runUnit(network, seed, data, unit, before);
    const told = lie(unit, honest, before);
    units.push(told === undefined ? honest : { ...honest, state: told.state, leaf: leafOf(told, honest) });
    if (told !== undefined) bad.add(unit);
    if (told?.batch !== undefined) batches.set(unit, told.batch);
  }
  return claimOf(
    units.map(({ leaf }) => leaf),
    runId,
    { served: (unit) => units[unit]?.state, bad, batches },
  );
}

/** A claim over leaves as they are. */
export function claimOf(
  leaves: readonly Leaf[],
  runId: bigint,
  rest: Pick<Claim, 'served' | 'bad'> & Partial<Pick<Claim, 'batches'>>,
): Claim {
  const stepRoot = new StepTree(runId, leaves).root;
  return { batches: new Map(), ...rest, leaves, stepRoot, leafBytes: encodeLeaves(leaves) };
}

/** Cheats in the chosen units only. */
export function inChosen(
  setting: Setting,
  lie: (unit: number, honest: UnitResult, before: Float32Array) => Lie,
): Claim {
  const chosen = new Set(setting.chosen);
  return lyingRun(setting, (...unit) => (chosen.has(unit[0]) ? lie(...unit) : undefined));
}

/** The batch that the order demands of a unit of one step. */
export function batchOf({ network, seed, data }: Setting, unit: number): Batch {
  return gatherBatch(network.spec, philoxKey(seed), data, unit - 1);
}

/** One step of F over another batch. */
export function stepOver({ network }: Setting, before: Float32Array, batch: Batch): Float32Array {
  return trainStep(network, before, batch).state;
}

/** Elementwise, rounded to float32. */
export function blend(
  a: Float32Array,
  b: Float32Array,
  mix: (x: number, y: number, index: number) => number,
): Float32Array {
  return a.map((x, i) => mix(x, b[i] ?? 0, i));
}

/** A number in [0, 1) that depends on the run's seed alone, so that a claim can be made again. */
export function chance({ seed }: Pick<Setting, 'seed'>, purpose: number, index: number): number {
  return unitFloat(randomWord(philoxKey(seed), 'dropout', purpose, 0xa77ac, index));
}

function leafOf({ state, batch }: Lie, honest: UnitResult): Leaf {
  const digest = batch === undefined ? honest.leaf.batchDigest : batchDigest([batch]);
  return { stateRoot: stateRoot(state), batchDigest: digest };
}
