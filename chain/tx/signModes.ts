import { signing, tx as txTypes } from '../../sdk/codec/index.ts';
import { encodeAny, encodeText } from './amino/encode.ts';
import type { Tx } from './tx.ts';

/** What a signature is bound to besides the tx itself. */
export interface SignerData {
  readonly chainId: string;
  /** 0 in genesis txs. */
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** The bytes whose SHA-256 a signer signs. Throws an `Error` where the mode cannot show the tx. */
export type SignBytes = (tx: Tx, signer: SignerData) => Uint8Array;

function direct(tx: Tx, signer: SignerData): Uint8Array {
  return txTypes.SignDoc.encode({
    bodyBytes: tx.bodyBytes,
    authInfoBytes: tx.authInfoBytes,
    chainId: signer.chainId,
    accountNumber: signer.accountNumber,
  }).finish();
}

/** The `StdSignDoc` of amino times, keys in order; what no field of it shows may not be in the tx. */
function legacyAminoJson(tx: Tx, signer: SignerData): Uint8Array {
  if (tx.hasUnknownFields) throw new Error('unknown fields cannot be shown in SIGN_MODE_LEGACY_AMINO_JSON');
  if (tx.fee === undefined) throw new Error('fee cannot be nil when tipper is not signer');
  const { coins, gasLimit, granter, payer } = tx.fee;
  const amounts = coins.map(({ denom, amount }) => {
    const parts = [`"amount":"${amount}"`, ...(denom === '' ? [] : [`"denom":${encodeText(denom)}`])];
    return `{${parts.join(',')}}`;
  });
  const fee = [
    `"amount":[${amounts.join(',')}]`,
    `"gas":"${gasLimit}"`,
    ...(granter === '' ? [] : [`"granter":${encodeText(granter)}`]),
    ...(payer === '' ? [] : [`"payer":${encodeText(payer)}`]),
  ];
  const doc = [
    `"account_number":"${signer.accountNumber}"`,
    `"chain_id":${encodeText(signer.chainId)}`,
    `"fee":{${fee.join(',')}}`,
    `"memo":${encodeText(tx.memo)}`,
    `"msgs":[${tx.rawMessages.map(encodeAny).join(',')}]`,
    `"sequence":"${signer.sequence}"`,
    ...(tx.timeoutHeight === 0n ? [] : [`"timeout_height":"${tx.timeoutHeight}"`]),
  ];
  return Buffer.from(`{${doc.join(',')}}`, 'utf8');
}

/** The sign modes that the chain verifies, by their number in `cosmos.tx.signing.v1beta1.SignMode`. */
export const signModes: ReadonlyMap<number, SignBytes> = new Map([
  [signing.SignMode.SIGN_MODE_DIRECT, direct],
  [signing.SignMode.SIGN_MODE_LEGACY_AMINO_JSON, legacyAminoJson],
]);
