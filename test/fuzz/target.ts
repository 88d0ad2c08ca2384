import type { Random } from '../sim/random.ts';

/** Something that reads bytes from strangers. */
export interface Target {
  readonly name: string;
  /** Reads one input made from `random`. Throws only when the reader did what it never may. */
  run(random: Random): void;
  close(): Promise<void>;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly runs: number;
}

/** Longest time for one input, milliseconds: more is a hang. Generous, since other programs share the machine. */
const patience = 5_000;
/** The most that all inputs together may add to the heap, bytes, garbage included. */
const memoryLimit = 768 * 2 ** 20;

/**
 * Feeds a target `runs` inputs; each follows from seed and number alone, so a failure names all that is needed to see it
 * again. Returns how many inputs were read.
 */
export function fuzz(target: Target, randomOf: (seed: number) => Random, { seed, runs }: FuzzOptions): number {
  const before = process.memoryUsage().heapUsed;
  let done = 0;
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    try {
      target.run(randomOf(seed * 2 ** 20 + run));
    } catch (error) {
      throw new Error(`${target.name}: input ${run} of seed ${seed}`, { cause: error });
    }
    const took = performance.now() - began;
    if (took > patience) throw new Error(`${target.name}: input ${run} of seed ${seed} took ${took.toFixed(0)} ms`);
    if (run % 1_000 === 999 && process.memoryUsage().heapUsed - before > memoryLimit) {
      throw new Error(`${target.name}: more than ${memoryLimit} bytes by input ${run} of seed ${seed}`);
    }
    done++;
  }
  return done;
}
