import type { PreparedMessage } from '../message.ts';
import type { AnyValue } from './accounts.ts';
import type { Amount } from './coins.ts';
import { addressOfKey, type PublicKey, readPublicKey } from './keys.ts';

/** Which members of a multisignature signed: one bit each, the first one in the highest bit of the first byte. */
export interface BitArray {
  /** Bits in the last byte; 0 means all eight. */
  readonly extraBits: number;
  readonly bytes: Uint8Array;
}

/** The key of a signer as the tx has it; what it means is worked out once, when it is first asked for. */
export class TxKey implements AnyValue {
  readonly typeUrl: string;
  readonly value: Uint8Array;
  #key: PublicKey | undefined;
  #address: Uint8Array | undefined;

  constructor({ typeUrl, value }: AnyValue) {
    this.typeUrl = typeUrl;
    this.value = value;
  }

  /** Throws an `Error` where Go panics. */
  get key(): PublicKey {
    this.#key ??= readPublicKey(this);
    return this.#key;
  }

  /** Raw bytes of the account that such a key signs for. */
  get address(): Uint8Array {
    this.#address ??= addressOfKey(this.key);
    return this.#address;
  }
}

/** How a signer signed; members of a multisignature nest. */
export type SignerMode =
  | { readonly kind: 'single'; readonly mode: number }
  | { readonly kind: 'multi'; readonly bits: BitArray; readonly members: readonly SignerMode[] }
  /** No mode info. */
  | { readonly kind: 'none' }
  /** A mode info that says nothing. */
  | { readonly kind: 'empty' };

export interface SignerInfo {
  readonly publicKey: TxKey | undefined;
  readonly mode: SignerMode;
  readonly sequence: bigint;
}

export interface Fee {
  readonly coins: readonly Amount[];
  readonly gasLimit: bigint;
  /** Bech32 address or empty: then the first signer pays. */
  readonly payer: string;
  readonly granter: string;
}

/** A decoded tx: well-formed and made of messages that the chain knows; nothing else has been checked. */
export interface Tx {
  /** `cosmos.tx.v1beta1.TxRaw` as it was received. */
  readonly bytes: Uint8Array;
  readonly bodyBytes: Uint8Array;
  readonly authInfoBytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly messages: readonly PreparedMessage[];
  /** The same messages as they were received. */
  readonly rawMessages: readonly AnyValue[];
  readonly memo: string;
  /** Whether the body has unknown fields that may be ignored; some sign modes cannot show them to the signer. */
  readonly hasUnknownFields: boolean;
  /** Last height at which the tx may be in a block; 0 for no limit. */
  readonly timeoutHeight: bigint;
  readonly signerInfos: readonly SignerInfo[];
  /** Undefined when the auth info has no fee, which the ante handler treats as the SDK does. */
  readonly fee: Fee | undefined;
}
