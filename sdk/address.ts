import { fromBech32, toBech32 } from '@cosmjs/encoding';
import { Bech32 } from './bech32.ts';
import { bech32Problem } from './bech32Problem.ts';

/** As the Go SDK reads them, characters: addresses may have up to 255 bytes. */
const maxLength = 1023;

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
  const account = new Bech32(prefix);
  const operator = new Bech32(`${prefix}valoper`);
  const consensus = new Bech32(`${prefix}valcons`);
  return {
    prefix,
    account: (text) => decode(text, account, prefix),
    accountText: (bytes) => account.encode(bytes),
    operator: (text) => decode(text, operator, `${prefix}valoper`),
    operatorText: (bytes) => operator.encode(bytes),
    consensus: (text) => decode(text, consensus, `${prefix}valcons`),
    consensusText: (bytes) => consensus.encode(bytes),
  };
}

function decode(text: string, codec: Bech32, expected: string): Uint8Array {
  const known = codec.decode(text);
  if (known !== undefined && known.length > 0 && known.length <= 255) return known;
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
