import type { protoAny } from '../../../sdk/codec/index.ts';
import { type Actor, denom } from '../actors.ts';
import { modeOf, signTx } from '../signing.ts';
import { accounts, type View } from '../view.ts';

/** A good tx of this signer on the last committed state. */
export function trialTx(view: View, signer: Actor, messages: readonly protoAny.Any[]): Uint8Array {
  const account = accounts.accounts.get(view.ctx, signer.address);
  const { accountNumber = 0n, sequence = 0n } = account ?? {};
  return signTx({
    signers: [{ actor: signer, accountNumber, sequence, mode: modeOf(signer) }],
    messages,
    gasLimit: 5_000_000n,
    fee: [{ denom, amount: '500' }],
  });
}

/** Whether something was looked at often enough. */
export class Quota {
  readonly #seen = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  take(key: string): boolean {
    const count = this.#seen.get(key) ?? 0;
    if (count >= this.#most) return false;
    this.#seen.set(key, count + 1);
    return true;
  }

  get keys(): string[] {
    return [...this.#seen.keys()].sort();
  }
}
