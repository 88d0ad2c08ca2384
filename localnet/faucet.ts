import type { TxReceipt, TxSender } from '../sdk/sender.ts';

/** What one request gives, and how often one address may ask. */
export interface FaucetLimits {
  readonly amount: bigint;
  readonly secondsBetween: number;
}

/** A refused request: the text says what to do. */
export class FaucetRefusal extends Error {}

/** Gives test tokens to whoever asks, not too often. */
export class Faucet {
  readonly #sender: TxSender;
  readonly #denom: string;
  readonly #limits: FaucetLimits;
  readonly #isAddress: (text: string) => boolean;
  readonly #lastGift = new Map<string, number>();

  constructor(sender: TxSender, denom: string, limits: FaucetLimits, isAddress: (text: string) => boolean) {
    this.#sender = sender;
    this.#denom = denom;
    this.#limits = limits;
    this.#isAddress = isAddress;
  }

  /** `now` in milliseconds. Throws `FaucetRefusal` for a bad address or a request that comes too soon. */
  async give(address: string, now: number): Promise<TxReceipt> {
    if (!this.#isAddress(address))
      throw new FaucetRefusal(`${JSON.stringify(address.slice(0, 100))} is no address of this chain`);
    const wait = (this.#lastGift.get(address) ?? -Infinity) + this.#limits.secondsBetween * 1000 - now;
    if (wait > 0)
      throw new FaucetRefusal(`${address} was given tokens already: ask again in ${Math.ceil(wait / 1000)} s`);
    this.#forgetOld(now);
    this.#lastGift.set(address, now);
    const amount = [{ denom: this.#denom, amount: this.#limits.amount.toString() }];
    const value = { fromAddress: this.#sender.address, toAddress: address, amount };
    try {
      return await this.#sender.send([{ typeUrl: '/cosmos.bank.v1beta1.MsgSend', value }], 150_000n);
    } catch (error) {
      this.#lastGift.delete(address);
      throw error;
    }
  }

  #forgetOld(now: number): void {
    for (const [address, time] of this.#lastGift) {
      if (time + this.#limits.secondsBetween * 1000 <= now) this.#lastGift.delete(address);
    }
  }
}
