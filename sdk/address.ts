import { fromBech32, toBech32 } from '@cosmjs/encoding';
import { bech32Problem } from './bech32Problem.ts';
import { toByteString } from './codec/byteString.ts';

/** As the Go SDK reads them, characters: addresses may have up to 255 bytes. */
const maxLength = 1023;

/** About 10 MB. */
const maxRemembered = 50_000;

/**
 * Addresses of one chain as text and bytes. The prefix is a genesis value, so it is handed to constructors, never a
 * constant. Text forms: account `infinet1...`, operator `infinetvaloper1...`, consensus `infinetvalcons1...`.
 */
export interface AddressCodec {
  readonly prefix: string;
  /** Bytes of an account address. Throws if the text is not Bech32 of this chain, or not 1 to 255 bytes. */
  account(text: string): Uint8Array;
  accountText(bytes: Uint8Array): string;
  /** Bytes of a validator operator's address. */
  operator(text: string): Uint8Array;
  operatorText(bytes: Uint8Array): string;
  /** Bytes of a consensus address. */
  consensus(text: string): Uint8Array;
  consensusText(bytes: Uint8Array): string;
}

/** A good address of another chain or kind. */
export class WrongPrefixError extends Error {
  constructor(expected: string, actual: string) {
    super(`hrp does not match bech32 prefix: expected '${expected}' got '${actual}': internal logic error`);
    this.name = 'WrongPrefixError';
  }
}

export function createAddressCodec(prefix: string): AddressCodec {
  const operatorPrefix = `${prefix}valoper`;
  const consensusPrefix = `${prefix}valcons`;
  // A transfer writes the same two addresses into five events, and Bech32 is half of its cost.
  const texts = new Remembered<string>();
  const accounts = new Remembered<Uint8Array>();
  return {
    prefix,
    account: (text) => new Uint8Array(accounts.get(text, () => decode(text, prefix))),
    accountText: (bytes) => texts.get(toByteString(bytes), () => toBech32(prefix, bytes, maxLength)),
    operator: (text) => decode(text, operatorPrefix),
    operatorText: (bytes) => toBech32(operatorPrefix, bytes, maxLength),
    consensus: (text) => decode(text, consensusPrefix),
    consensusText: (bytes) => toBech32(consensusPrefix, bytes, maxLength),
  };
}

/** Results by key, forgotten all at once when there are too many. */
class Remembered<V> {
  readonly #values = new Map<string, V>();

  get(key: string, make: () => V): V {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = make();
    if (this.#values.size >= maxRemembered) this.#values.clear();
    this.#values.set(key, value);
    return value;
  }
}

function decode(text: string, expected: string): Uint8Array {
  if (text.trim() === '') throw new Error('empty address string is not allowed');
  const { prefix, data } = parse(text);
  if (prefix !== expected) throw new WrongPrefixError(expected, prefix);
  if (data.length === 0 || data.length > 255) throw new Error(`address has ${data.length} bytes, must be 1 to 255`);
  return data;
}

/** Clients know the texts of the Go SDK, so a refusal says what that says. */
function parse(text: string): { prefix: string; data: Uint8Array } {
  try {
    return fromBech32(text, maxLength);
  } catch (error) {
    const problem = bech32Problem(text) ?? (error instanceof Error ? error.message : String(error));
    throw new Error(`decoding bech32 failed: ${problem}`);
  }
}

/**
 * The account address that an operator address belongs to: the same bytes with the account prefix. Text that is not an
 * operator address comes back as it is, so that whoever looks it up as an account says what is wrong.
 */
export function operatorAsAccount(text: string): string {
  try {
    const { prefix, data } = fromBech32(text);
    return prefix.endsWith('valoper') ? toBech32(prefix.slice(0, -'valoper'.length), data) : text;
  } catch {
    return text;
  }
}
