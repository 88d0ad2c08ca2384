import { fail, sdkErrors } from './errors.ts';

/** What each access to a store costs; the values are the SDK's (store/types/gas.go, KVGasConfig). */
export const kvGas = {
  hasCost: 1000,
  deleteCost: 1000,
  readCostFlat: 1000,
  readCostPerByte: 3,
  writeCostFlat: 2000,
  writeCostPerByte: 30,
  iterNextCostFlat: 30,
} as const;

/** Below this, sums of whole numbers are exact. */
const maxExact = 2 ** 52;

/** Counts gas and throws `sdk` 11 past the limit. */
export class GasMeter {
  readonly limit: bigint | undefined;
  /** Gas of the accesses since the last settlement: a tx has a hundred, and each bigint would be an object. */
  #recent = 0;
  /** All gas before. */
  #settled = 0n;
  /** As much as `recent` may grow before it has to be settled. */
  #room: number;

  /** `limit` undefined means unmetered: counted, never refused (block hooks, queries, simulation). */
  constructor(limit?: bigint) {
    this.limit = limit;
    this.#room = this.#roomLeft();
  }

  get consumed(): bigint {
    return this.#settled + BigInt(this.#recent);
  }

  /**
   * `location` names the work in the error, as the SDK's descriptor does ("ReadFlat", "txSize"...).
   *
   * @param amount a whole number; as `number` at most 2^52
   */
  consume(amount: bigint | number, location: string): void {
    if (typeof amount === 'number') {
      this.#recent += amount;
      if (this.#recent <= this.#room) return;
    } else this.#settled += amount;
    this.#settled += BigInt(this.#recent);
    this.#recent = 0;
    this.#room = this.#roomLeft();
    if (this.limit !== undefined && this.#settled > this.limit) {
      fail(
        sdkErrors.outOfGas,
        `out of gas in location: ${location}; gasWanted: ${this.limit}, gasUsed: ${this.#settled}`,
      );
    }
  }

  #roomLeft(): number {
    if (this.limit === undefined) return maxExact;
    const left = Number(this.limit - this.#settled);
    return left < 0 ? 0 : Math.min(left, maxExact);
  }
}
