import type { Random } from '../sim/random.ts';
import { Watchdog } from './watchdog.ts';

/** Something that reads bytes from strangers. */
export interface Target {
  readonly name: string;
  /**
   * Reads one input made from `random` and says whether the reader took it. Throws only when the reader did what it never
   * may.
   */
  run(random: Random): boolean | Promise<boolean>;
  close(): Promise<void>;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly runs: number;
}

export interface FuzzResult {
  /** Inputs that were read. */
  readonly runs: number;
  /** Of them, those that the reader took: with none, nothing behind its first check was ever reached. */
  readonly taken: number;
}

/** Longest time for one input, milliseconds: more is a hang. Generous, since other programs share the machine. */
const patience = 5_000;
/** An input that never comes to an end: the process is killed. */
const watchdogPatience = 60_000;
/** The most that all inputs together may add to heap and buffers, bytes, garbage included. */
const memoryLimit = 768 * 2 ** 20;
/** Inputs between two looks at the memory. */
const memoryPeriod = 1_000;

/**
 * Feeds a target `runs` inputs; each follows from seed and number alone, so a failure names all that is needed to see it
 * again. Throws unless all were read and some of them taken.
 */
export async function fuzz(
  target: Target,
  randomOf: (seed: number) => Random,
  { seed, runs }: FuzzOptions,
): Promise<FuzzResult> {
  const before = usedMemory();
  const watchdog = new Watchdog(watchdogPatience, `${target.name}: an input of seed ${seed} hangs, number `);
  let [done, taken] = [0, 0];
  try {
    for (let run = 0; run < runs; run++) {
      watchdog.at(run);
      const began = performance.now();
      try {
        const outcome = target.run(randomOf(seed * 2 ** 20 + run));
        if (typeof outcome === 'boolean' ? outcome : await outcome) taken++;
      } catch (error) {
        throw new Error(`${target.name}: input ${run} of seed ${seed}`, { cause: error });
      }
      const took = performance.now() - began;
      if (took > patience) throw new Error(`${target.name}: input ${run} of seed ${seed} took ${took.toFixed(0)} ms`);
      if (run % memoryPeriod === memoryPeriod - 1 && usedMemory() - before > memoryLimit) {
        throw new Error(`${target.name}: more than ${memoryLimit} bytes by input ${run} of seed ${seed}`);
      }
      done++;
    }
  } finally {
    await watchdog.close();
  }
  // A job that read nothing has shown nothing.
  if (done === 0 || done < runs) throw new Error(`${target.name}: ${done} of ${runs} inputs were read`);
  if (taken === 0) throw new Error(`${target.name}: none of ${done} inputs got through`);
  return { runs: done, taken };
}

function usedMemory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
