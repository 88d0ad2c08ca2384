import type { SignerData } from './signModes.ts';
import type { Tx } from './tx.ts';
import { equalBytes } from './wire.ts';

/** One good signature: of a tx (its bytes hold the signature), by a key, for an account on a chain. */
interface Verified {
  readonly point: Uint8Array;
  readonly signer: SignerData;
}

/**
 * Remembers signatures that CheckTx found good, so that FinalizeBlock need not verify them again. Only speed depends on
 * it: a miss verifies. An entry lives as long as its decoded tx, so `DecodedTxs` bounds it: equal bytes get that tx back.
 */
export class SignatureCache {
  readonly #entries = new WeakMap<Tx, Verified[]>();

  has(tx: Tx, index: number, point: Uint8Array, signer: SignerData): boolean {
    const entry = this.#entries.get(tx)?.[index];
    return (
      entry !== undefined &&
      entry.signer.chainId === signer.chainId &&
      entry.signer.accountNumber === signer.accountNumber &&
      entry.signer.sequence === signer.sequence &&
      equalBytes(entry.point, point)
    );
  }

  add(tx: Tx, index: number, point: Uint8Array, signer: SignerData): void {
    const entries = this.#entries.get(tx) ?? [];
    entries[index] = { point, signer };
    this.#entries.set(tx, entries);
  }
}
