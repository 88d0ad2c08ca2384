import { fail, sdkErrors } from '../../../chain/errors.ts';
import { type Coin, isDenom, readCoin } from '../../../chain/math/coins.ts';
import { Dec } from '../../../chain/math/dec.ts';
import { parseAmount } from '../../../chain/math/integer.ts';
import type { AddressCodec } from '../../../sdk/address.ts';

/** Addresses and amounts of staking messages, refused with the SDK's texts. */
export class MessageReader {
  readonly #addresses: AddressCodec;

  constructor(addresses: AddressCodec) {
    this.#addresses = addresses;
  }

  /** Throws `sdk` 7: `invalid validator address: ...`. */
  operator(text: string, kind = 'validator'): Uint8Array {
    return readAddress(() => this.#addresses.operator(text), kind);
  }

  delegator(text: string): Uint8Array {
    return readAddress(() => this.#addresses.account(text), 'delegator');
  }
}

/** Throws `sdk` 18 with `problem` unless the coin is positive and of a valid denomination. */
export function positiveAmount(coin: Coin, problem: string): { denom: string; amount: bigint } {
  if (coin.amount === '') fail(sdkErrors.invalidRequest, problem);
  const amount = BigInt(readCoin(coin).amount);
  if (!isDenom(coin.denom) || amount <= 0n) fail(sdkErrors.invalidRequest, problem);
  return { denom: coin.denom, amount };
}

/** Throws `sdk` 18 unless the denomination is the bonded one. */
export function requireBondDenom(denom: string, bondDenom: string): void {
  if (denom !== bondDenom) {
    fail(sdkErrors.invalidRequest, `invalid coin denomination: got ${denom}, expected ${bondDenom}`);
  }
}

/** An integer as text; undefined if absent. Throws `sdk` 2 on anything else. */
export function readInteger(text: string): bigint | undefined {
  return text === '' ? undefined : orTxDecode(() => parseAmount(text));
}

/** A decimal in units of 10^-18; undefined if absent. Throws `sdk` 2 on anything else. */
export function readDec(text: string): Dec | undefined {
  return text === '' ? undefined : orTxDecode(() => Dec.parseAtoms(text));
}

/** What a text that is none of its kind comes to: the SDK cannot decode the tx. Throws `sdk` 2. */
export function orTxDecode<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return fail(sdkErrors.txDecode, error instanceof Error ? error.message : String(error));
  }
}

function readAddress(read: () => Uint8Array, kind: string): Uint8Array {
  try {
    return read();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return fail(sdkErrors.invalidAddress, `invalid ${kind} address: ${problem}`);
  }
}
