/** How many blocks in a row must agree before the clock is blamed: one late block says nothing. */
const agreeing = 5;
/** Blocks older than this are being caught up with and say nothing about the clock. */
const catchingUpSeconds = 600;

/**
 * Compares the times of blocks with the local clock. A block's time is the weighted median of the validators' clocks
 * when they voted for the block before, so a node that follows the chain sees it a little in the past.
 */
export class ClockWatch {
  readonly #warnAtSeconds: number;
  readonly #onSkew: (seconds: number) => void;
  /** The newest differences, local clock less block time. */
  #seen: number[] = [];
  #warned = false;

  /** `onSkew` hears once per spell: positive seconds mean that the local clock is ahead. */
  constructor(warnAtSeconds: number, onSkew: (seconds: number) => void) {
    this.#warnAtSeconds = warnAtSeconds;
    this.#onSkew = onSkew;
  }

  /** The smallest difference lately, seconds, positive when the local clock is ahead; undefined before enough blocks. */
  get skewSeconds(): number | undefined {
    if (this.#seen.length < agreeing) return undefined;
    return this.#seen.reduce((least, each) => (Math.abs(each) < Math.abs(least) ? each : least));
  }

  /** A block of this time (nanoseconds since 1970) is proposed or decided while the local clock shows `nowMs`. */
  see(timeNs: bigint, nowMs: number): void {
    const ahead = nowMs / 1000 - Number(timeNs / 1_000_000n) / 1000;
    if (ahead > catchingUpSeconds) {
      this.#seen = [];
      return;
    }
    this.#seen = [...this.#seen, ahead].slice(-agreeing);
    const skew = this.skewSeconds;
    const off = skew !== undefined && Math.abs(skew) > this.#warnAtSeconds;
    if (off && !this.#warned) this.#onSkew(skew);
    this.#warned = off;
  }
}
