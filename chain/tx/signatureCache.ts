import { hash } from 'node:crypto';
import type { SignerData } from './signModes.ts';

/** One good signature: of a tx (its bytes hold the signature), by a key, for an account on a chain. */
interface Verified {
  readonly point: Uint8Array;
  readonly signer: SignerData;
}

/**
 * Remembers signatures that CheckTx found good, so that FinalizeBlock need not verify them again. Only speed depends on
 * it: a miss verifies. Bounded: the oldest tx goes first.
 */
export class SignatureCache {
  readonly #capacity: number;
  readonly #entries = new Map<string, Verified[]>();

  /** @param capacity how many txs are remembered */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(txBytes: Uint8Array, index: number, point: Uint8Array, signer: SignerData): boolean {
    const entry = this.#entries.get(keyOf(txBytes))?.[index];
    return (
      entry !== undefined &&
      entry.signer.chainId === signer.chainId &&
      entry.signer.accountNumber === signer.accountNumber &&
      entry.signer.sequence === signer.sequence &&
      Buffer.compare(entry.point, point) === 0
    );
  }

  add(txBytes: Uint8Array, index: number, point: Uint8Array, signer: SignerData): void {
    const key = keyOf(txBytes);
    const entries = this.#entries.get(key) ?? [];
    entries[index] = { point, signer };
    this.#entries.set(key, entries);
    if (this.#entries.size <= this.#capacity) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

function keyOf(txBytes: Uint8Array): string {
  return hash('sha256', txBytes, 'binary');
}
