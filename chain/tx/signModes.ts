import { signing, tx as txTypes } from '../../sdk/codec/index.ts';
import type { Tx } from './tx.ts';

/** What a signature is bound to besides the tx itself. */
export interface SignerData {
  readonly chainId: string;
  /** 0 in genesis txs. */
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** The bytes whose SHA-256 a signer signs. */
export type SignBytes = (tx: Tx, signer: SignerData) => Uint8Array;

function direct(tx: Tx, signer: SignerData): Uint8Array {
  return txTypes.SignDoc.encode({
    bodyBytes: tx.bodyBytes,
    authInfoBytes: tx.authInfoBytes,
    chainId: signer.chainId,
    accountNumber: signer.accountNumber,
  }).finish();
}

/** The sign modes that the chain verifies, by their number in `cosmos.tx.signing.v1beta1.SignMode`. */
export const signModes: ReadonlyMap<number, SignBytes> = new Map([[signing.SignMode.SIGN_MODE_DIRECT, direct]]);
