import { hash } from 'node:crypto';
import type { Tx } from './tx.ts';

/**
 * Txs that CheckTx decoded and that a block will bring again, by their hash; the oldest go first when there are too many.
 * A block takes a tx out, so that no two runs of its messages share what was decoded. Decoding has no gas, and a tx that
 * does not decode is never kept: a hit changes nothing but the time.
 */
export class DecodedTxs {
  readonly #limit: number;
  readonly #txs = new Map<string, Tx>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Uint8Array, tx: Tx): void {
    if (this.#txs.size >= this.#limit) {
      const oldest = this.#txs.keys().next();
      if (!oldest.done) this.#txs.delete(oldest.value);
    }
    this.#txs.set(keyOf(bytes), tx);
  }

  get(bytes: Uint8Array): Tx | undefined {
    return this.#txs.size === 0 ? undefined : this.#txs.get(keyOf(bytes));
  }

  /** Like `get`, and forgets the tx. */
  take(bytes: Uint8Array): Tx | undefined {
    if (this.#txs.size === 0) return undefined;
    const key = keyOf(bytes);
    const tx = this.#txs.get(key);
    if (tx !== undefined) this.#txs.delete(key);
    return tx;
  }
}

function keyOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary');
}
