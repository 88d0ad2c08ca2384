import type { AddressCodec } from '../../../sdk/address.ts';
import type { Context } from '../../context.ts';
import type { Accounts, FeeBank, FeeGrants } from '../accounts.ts';
import type { GasPrice } from '../coins.ts';
import type { SignatureCache } from '../signatureCache.ts';
import type { SignatureData } from '../signatureData.ts';
import { type Fee, type SignerInfo, type Tx, TxKey } from '../tx.ts';

/**
 * Why a tx is run: `check` lets it into the mempool, `recheck` looks at it again after a block, `finalize` is the block
 * itself, `genesis` a genesis tx, `simulate` a client's estimate.
 */
export type TxMode = 'check' | 'recheck' | 'finalize' | 'genesis' | 'simulate';

/** What the ante handler works with; wired once. */
export interface AnteDeps {
  readonly addresses: AddressCodec;
  readonly accounts: Accounts;
  readonly bank: FeeBank;
  /** Undefined on a chain without fee grants. */
  readonly feeGrants: FeeGrants | undefined;
  readonly signatures: SignatureCache;
  /** Every node of the chain asks for these, in every mode: part of the state. */
  readonly chainGasPrices: (ctx: Context) => readonly GasPrice[];
  /** This node's own, asked for by CheckTx only. */
  readonly nodeGasPrices: readonly GasPrice[];
  /** Most gas that a block may use, or undefined for no limit. */
  readonly maxBlockGas: (ctx: Context) => bigint | undefined;
  /** Whether a type of message may run now (the SDK's circuit breaker); without it all may. */
  readonly isAllowed?: (ctx: Context, typeUrl: string) => boolean;
}

/** One tx on its way through the steps. */
export interface AnteRun {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly fee: Fee;
  readonly mode: TxMode;
  /** Addresses that must sign, in order, each once; the fee payer last if no message needs it. */
  readonly signers: readonly Uint8Array[];
  /** The signers with what the tx says of each. */
  readonly signatures: readonly TxSignature[];
}

/** One required signer with its part of the auth info and its signature. */
export interface TxSignature {
  readonly info: SignerInfo;
  readonly address: Uint8Array;
  readonly data: SignatureData;
}

/**
 * Checks or charges one thing. Throws a `CodedError` to refuse the tx. Each step reads accounts and parameters anew, as the
 * SDK's decorators do: the reads are part of the gas.
 */
export type AnteStep = (deps: AnteDeps, run: AnteRun) => void;

/** What simulation takes for a key that it does not know yet: any 33 bytes cost the same. */
export const simulatedKey = new TxKey({
  typeUrl: '/cosmos.crypto.secp256k1.PubKey',
  value: Uint8Array.from([0x0a, 33, ...Buffer.from(`02${'00'.repeat(31)}01`, 'hex')]),
});
