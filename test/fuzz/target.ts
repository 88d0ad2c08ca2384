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
/** The most that the process may grow at any moment, bytes: twice that, since garbage waits for its collection. */
const peakLimit = 2 * memoryLimit;
/** Inputs between two looks at the memory. */
const memoryPeriod = 1_000;

/** Times inputs, and looks at the memory now and then. */
export class InputTimer {
  readonly #name: string;
  readonly #watchdog: Watchdog;
  readonly #before = usedMemory();
  readonly #peakBefore = process.resourceUsage().maxRSS;

  /** @param name what stands before the place in every error */
  constructor(name: string) {
    this.#name = name;
    this.#watchdog = new Watchdog(watchdogPatience, `${name}: an input hangs, number `);
  }

  /** Reads input `run`; `what` names it for a failure. */
  time(run: number, read: () => boolean, what: string): boolean {
    const began = this.begin(run);
    let outcome: boolean;
    try {
      outcome = read();
    } catch (error) {
      throw new Error(`${this.#name}: input ${what}`, { cause: error });
    }
    this.end(run, began, what);
    return outcome;
  }

  begin(run: number): number {
    this.#watchdog.at(run);
    return performance.now();
  }

  end(run: number, began: number, what: string): void {
    const took = performance.now() - began;
    if (took > patience) throw new Error(`${this.#name}: input ${what} took ${took.toFixed(0)} ms`);
    if (run % memoryPeriod !== memoryPeriod - 1) return;
    if (usedMemory() - this.#before > memoryLimit) {
      throw new Error(`${this.#name}: more than ${memoryLimit} bytes by input ${what}`);
    }
    // In KiB. What one input took and gave back at once shows here alone.
    const peak = (process.resourceUsage().maxRSS - this.#peakBefore) * 1024;
    if (peak > peakLimit) throw new Error(`${this.#name}: ${peak} bytes at once by input ${what}`);
  }

  async close(): Promise<void> {
    await this.#watchdog.close();
  }
}

/**
 * Feeds a target `runs` inputs; each follows from seed and number alone, so a failure names all that is needed to see it
 * again. Throws unless all were read and some of them taken.
 */
export async function fuzz(
  target: Target,
  randomOf: (seed: number) => Random,
  { seed, runs }: FuzzOptions,
): Promise<FuzzResult> {
  const timer = new InputTimer(target.name);
  let [done, taken] = [0, 0];
  try {
    for (let run = 0; run < runs; run++) {
      const what = `${run} of seed ${seed}`;
      const began = timer.begin(run);
      try {
        const outcome = target.run(randomOf(seed * 2 ** 20 + run));
        if (typeof outcome === 'boolean' ? outcome : await outcome) taken++;
      } catch (error) {
        throw new Error(`${target.name}: input ${what}`, { cause: error });
      }
      timer.end(run, began, what);
      done++;
    }
  } finally {
    await timer.close();
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
