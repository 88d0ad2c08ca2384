/** Numbers from a seed (mulberry32): the same script each time, on every machine. */
export class Numbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to `below - 1`. */
  next(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** True once in `of` times. */
  once(of: number): boolean {
    return this.next(of) === 0;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.next(list.length)] ?? list[0];
  }
}
