import { type Accuracy, accuracy as accuracyOf } from '../canonical/evaluate.ts';
import { type HashAll, hashAll } from '../canonical/hashing.ts';
import { canonicalKernels, type Kernels } from '../canonical/kernels.ts';
import { selfTest } from '../canonical/selfTest.ts';
import type { Dataset } from '../dataset.ts';
import type { Network } from '../network.ts';
import { runUnit, type UnitResult } from '../run.ts';
import { checkKernels } from './check.ts';
import { openKernels, type WasmKernels } from './kernels.ts';
import { KernelMemoryError } from './pool.ts';

/** F on this machine, as fast as it can be had with the very bits. */
export interface Engine {
  /** For people: `WebAssembly on 2 threads` or `plain TypeScript`. */
  readonly name: string;
  /** `runUnit`, by what `name` says. @throws NonFiniteError when the run is INVALID */
  runUnit(network: Network, seed: Uint8Array, data: Dataset, unit: number, before: Float32Array): UnitResult;
  /** What `work` makes of F's primitives; it may be called twice. Nothing of the kernels' is to be kept. */
  with<T>(work: (kernels: Kernels) => T): T;
  /** @throws NonFiniteError */
  accuracy(network: Network, state: Float32Array, shard: Dataset): Accuracy;
  /** The result is good until the next call of `runUnit` or `accuracy`. */
  readonly hashAll: HashAll;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** This one included. */
  readonly threads: number;
  /** Hears why plain TypeScript is used where it is. */
  readonly say: (line: string) => void;
  readonly open?: (threads: number) => WasmKernels;
}

/**
 * The WebAssembly kernels, once they have given the bits of plain TypeScript here and now; else plain TypeScript.
 * @throws Error where not even that computes float32 exactly
 */
export async function openEngine({ threads, say, open = openKernels }: EngineOptions): Promise<Engine> {
  selfTest();
  let kernels: WasmKernels | undefined;
  try {
    kernels = open(threads);
    checkKernels(kernels);
    return fastEngine(kernels, say);
  } catch (error) {
    await kernels?.close();
    say(`the WebAssembly kernels cannot be used, F runs in plain TypeScript: ${reasonOf(error)}`);
    return plainEngine();
  }
}

export function plainEngine(): Engine {
  return {
    name: 'plain TypeScript',
    runUnit,
    with: (work) => work(canonicalKernels),
    accuracy: accuracyOf,
    hashAll,
    close: async () => {},
  };
}

/** What the kernels' memory cannot hold is computed in plain TypeScript, unit by unit. */
function fastEngine(kernels: WasmKernels, say: (line: string) => void): Engine {
  const fitting = <T>(work: (by: Kernels) => T): T => {
    try {
      return work(kernels);
    } catch (error) {
      if (!(error instanceof KernelMemoryError)) throw error;
      say(`${error.message}: this part of F runs in plain TypeScript`);
      return work(canonicalKernels);
    }
  };
  return {
    name: `WebAssembly on ${kernels.threads} thread${kernels.threads === 1 ? '' : 's'}`,
    runUnit: (...unit) => fitting((by) => runUnit(...unit, by)),
    with: fitting,
    accuracy: (...shard) => fitting((by) => accuracyOf(...shard, by)),
    hashAll: (...messages) => fitting((by) => by.hashAll(...messages)),
    close: () => kernels.close(),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
