/** How often a process is heard, and listened for, that may be silent for so many seconds; milliseconds. */
export function beatMs(seconds: number): number {
  return Math.min(1000, seconds * 100);
}

/**
 * For how long somebody else has been silent, counted in turns of one's own timer. A turn counts at most twice its period
 * however late it comes: a machine that was suspended, or too busy to run us, was so for the other one too.
 */
export class Silence {
  readonly #periodMs: number;
  #milliseconds = 0;
  #turnedAt: number;

  constructor(periodMs: number, nowMs: number) {
    this.#periodMs = periodMs;
    this.#turnedAt = nowMs;
  }

  /** Something was heard. */
  heard(): void {
    this.#milliseconds = 0;
  }

  /** One turn of the timer; returns the silence so far in milliseconds. */
  turn(nowMs: number): number {
    this.#milliseconds += Math.min(nowMs - this.#turnedAt, 2 * this.#periodMs);
    this.#turnedAt = nowMs;
    return this.#milliseconds;
  }
}
