import { fail, sdkErrors } from './errors.ts';

/** What each access to a store costs; the values are the SDK's (store/types/gas.go, KVGasConfig). */
export const kvGas = {
  hasCost: 1000n,
  deleteCost: 1000n,
  readCostFlat: 1000n,
  readCostPerByte: 3n,
  writeCostFlat: 2000n,
  writeCostPerByte: 30n,
  iterNextCostFlat: 30n,
} as const;

/** Counts gas and throws `sdk` 11 past the limit. */
export class GasMeter {
  readonly limit: bigint | undefined;
  #consumed = 0n;

  /** `limit` undefined means unmetered: counted, never refused (block hooks, queries, simulation). */
  constructor(limit?: bigint) {
    this.limit = limit;
  }

  get consumed(): bigint {
    return this.#consumed;
  }

  /** `location` names the work in the error, as the SDK's descriptor does ("ReadFlat", "txSize"...). */
  consume(amount: bigint, location: string): void {
    this.#consumed += amount;
    if (this.limit !== undefined && this.#consumed > this.limit) {
      fail(
        sdkErrors.outOfGas,
        `out of gas in location: ${location}; gasWanted: ${this.limit}, gasUsed: ${this.#consumed}`,
      );
    }
  }
}
