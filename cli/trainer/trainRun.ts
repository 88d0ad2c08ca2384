import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { GradientSource } from '../../training/backend/gradients.ts';
import { bytesToFloats, floatsToBytes } from '../../training/bytes.ts';
import { decodeLeaves, encodeLeaves, gradientRoot, type Leaf, StepTree } from '../../training/commit.ts';
import type { Dataset } from '../../training/dataset.ts';
import { contentRoot, equalBytes } from '../../training/merkle.ts';
import type { Network } from '../../training/network.ts';
import { initialUnit, type UnitResult } from '../../training/run.ts';
import { gradientFile, leavesFile, stateFile } from '../../training/runFiles.ts';
import { unitCount } from '../../training/spec.ts';
import { initialTolerantUnit, tolerantUnit } from '../../training/tolerant/unit.ts';
import { type Engine, plainEngine } from '../../training/wasm/engine.ts';

/** Changes what a unit ends with before it is committed: how the attack corpus cheats. An honest trainer has none. */
export type Tamper = (unit: number, honest: UnitResult, before: Float32Array) => UnitResult;

export interface TrainOptions {
  readonly network: Network;
  readonly runId: bigint;
  readonly seed: Uint8Array;
  readonly data: Dataset;
  /** Holds the leaves and every unit's state; it is what is served to verifiers. */
  readonly folder: string;
  readonly onProgress?: (unit: number, units: number, loss: number | undefined) => void;
  readonly tamper?: Tamper;
  /** What computes F; plain TypeScript if absent. */
  readonly engine?: Engine;
  /** What computes the gradients of a run in the tolerant lane. */
  readonly gradients?: Pick<GradientSource, 'gradient'>;
}

export interface TrainedRun {
  readonly leaves: readonly Leaf[];
  readonly steps: StepTree;
  readonly finalState: Float32Array;
  /** Units that were on disk already and were not computed again. */
  readonly resumed: number;
}

/**
 * Trains a run to its end, keeping every unit's state on disk. Interrupted, it goes on after the last unit whose leaf
 * was written, and ends with the same commitments.
 */
export async function trainRun(options: TrainOptions): Promise<TrainedRun> {
  const { network, seed, data, folder, engine = plainEngine() } = options;
  const units = unitCount(network.spec);
  mkdirSync(folder, { recursive: true });
  const compute = network.spec.lane === 'tolerant' ? tolerantUnits(options, engine) : undefined;
  const leaves = readFinished(folder, network);
  const resumed = leaves.length;
  let state = resumed > 0 ? readState(folder, resumed - 1) : new Float32Array(0);
  for (let unit = resumed; unit <= units; unit++) {
    const honest =
      compute !== undefined
        ? await compute(unit, state)
        : unit === 0
          ? initialUnit(network, seed)
          : engine.runUnit(network, seed, data, unit, state);
    const result = options.tamper?.(unit, honest, state) ?? honest;
    replaceFile(join(folder, stateFile(unit)), floatsToBytes(result.state));
    leaves.push(result.leaf);
    // The leaves are written after the state they name: a leaf on disk means that its state is there.
    if (unit % 16 === 0 || unit === units) replaceFile(join(folder, leavesFile), encodeLeaves(leaves));
    state = result.state;
    options.onProgress?.(unit, units, result.losses.at(-1));
    await yieldToOthers();
  }
  return { leaves, steps: new StepTree(options.runId, leaves), finalState: state, resumed };
}

/** Units of the tolerant lane: the gradient is kept on disk before the state that follows from it. */
function tolerantUnits(
  { network, seed, data, folder, gradients }: TrainOptions,
  engine: Engine,
): (unit: number, before: Float32Array) => Promise<UnitResult> {
  if (gradients === undefined) throw new Error('a run in the tolerant lane needs a backend for its gradients');
  return async (unit, before) => {
    if (unit === 0) return { ...initialTolerantUnit(network, seed), losses: [] };
    const { gradient, loss } = await gradients.gradient(before, unit - 1);
    replaceFile(join(folder, gradientFile(unit)), floatsToBytes(gradient));
    const result = engine.with((kernels) => tolerantUnit(network, seed, data, unit, before, gradient, kernels));
    return { ...result, losses: [loss] };
  };
}

/** The gradient of unit t of a run in the tolerant lane, as it was written. */
export function readGradient(folder: string, t: number): Float32Array {
  return bytesToFloats(readFileSync(join(folder, gradientFile(t))));
}

/** State after unit t, as it was written. */
export function readState(folder: string, t: number): Float32Array {
  return bytesToFloats(readFileSync(join(folder, stateFile(t))));
}

/** Leaves whose states are on disk and hash to them. */
function readFinished(folder: string, network: Network): Leaf[] {
  const path = join(folder, leavesFile);
  if (!existsSync(path)) return [];
  const { lane } = network.spec;
  const leaves = decodeLeaves(readFileSync(path), lane).slice(0, unitCount(network.spec) + 1);
  const broken = leaves.findIndex((leaf, t) => {
    const state = join(folder, stateFile(t));
    if (lane === 'tolerant' && t > 0 && !isGradient(join(folder, gradientFile(t)), leaf)) return true;
    return !existsSync(state) || !equalBytes(contentRoot(readFileSync(state)), leaf.stateRoot);
  });
  return broken < 0 ? leaves : leaves.slice(0, broken);
}

function isGradient(path: string, { gradRoot }: Leaf): boolean {
  return existsSync(path) && equalBytes(gradientRoot(bytesToFloats(readFileSync(path))), gradRoot ?? new Uint8Array(0));
}

function replaceFile(path: string, bytes: Uint8Array): void {
  writeFileSync(`${path}.draft`, bytes);
  renameSync(`${path}.draft`, path);
}
