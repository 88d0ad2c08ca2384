import type { Context } from '../context.ts';

/** A typed value as it stands in an account or a signer info (`google.protobuf.Any`). */
export interface AnyValue {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** What the ante handler reads of an account. */
export interface TxAccount {
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  /** Set by the first tx that the account signs. */
  readonly pubKey?: AnyValue;
}

/** The parameters of `cosmos.auth.v1beta1.Params`, all unsigned. */
export interface TxParams {
  /** Longest memo, in bytes. */
  readonly maxMemoCharacters: bigint;
  /** Most signatures in one tx, members of multisignatures counted one by one. */
  readonly txSigLimit: bigint;
  /** Gas a byte of the tx. */
  readonly txSizeCostPerByte: bigint;
  /** Gas a signature. */
  readonly sigVerifyCostEd25519: bigint;
  readonly sigVerifyCostSecp256k1: bigint;
}

/** What the ante handler needs of the auth module. Addresses are raw bytes. */
export interface Accounts {
  params(ctx: Context): TxParams;
  get(ctx: Context, address: Uint8Array): TxAccount | undefined;
  /** The account exists and has no key yet. */
  setPubKey(ctx: Context, address: Uint8Array, pubKey: AnyValue): void;
  /** The account exists. */
  incrementSequence(ctx: Context, address: Uint8Array): void;
}

/** A `cosmos.base.v1beta1.Coin`: `amount` in decimal digits. */
export interface FeeCoin {
  readonly denom: string;
  readonly amount: string;
}

/** What the ante handler needs of the bank module to collect fees. */
export interface FeeBank {
  /** Throws `sdk` 5 when the sender cannot pay. */
  sendToModule(ctx: Context, from: Uint8Array, moduleName: string, coins: readonly FeeCoin[]): void;
}

/** What the ante handler needs of the feegrant module. */
export interface FeeGrants {
  /** Takes the fee off what the granter allows the grantee. Throws a `CodedError` when it does not cover this tx. */
  use(
    ctx: Context,
    granter: Uint8Array,
    grantee: Uint8Array,
    fee: readonly FeeCoin[],
    messages: readonly { readonly typeUrl: string }[],
  ): void;
}

/** The module account that fees are paid to, as in the SDK. */
export const feeCollector = 'fee_collector';
