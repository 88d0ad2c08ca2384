/** Gas that the txs of one block may use together (SDK `BlockGasMeter`). */
export class BlockGas {
  readonly #limit: bigint | undefined;
  #used = 0n;

  /** @param maxGas from the consensus parameters; 0 and -1 mean no limit */
  constructor(maxGas: bigint | undefined) {
    this.#limit = maxGas === undefined || maxGas <= 0n ? undefined : maxGas;
  }

  get exhausted(): boolean {
    return this.#limit !== undefined && this.#used >= this.#limit;
  }

  get used(): bigint {
    return this.#used;
  }

  /** Counts a tx's gas; false when the block has not that much left. */
  consume(gas: bigint): boolean {
    this.#used += gas;
    return this.#limit === undefined || this.#used <= this.#limit;
  }
}
