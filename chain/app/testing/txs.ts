import { createHash } from 'node:crypto';
import secp256k1 from 'secp256k1/bindings.js';
import { createAddressCodec } from '../../../sdk/address.ts';
import { bankTx, type protoAny, secp256k1Keys, tx as txTypes } from '../../../sdk/codec/index.ts';
import { secp256k1Address, secp256k1Url } from '../../tx/keys.ts';

/** Keys and signed txs for tests. */

export const chainId = 'toy-1';
export const addresses = createAddressCodec('infinet');
export const sendUrl = '/cosmos.bank.v1beta1.MsgSend';

export interface Key {
  readonly privateKey: Uint8Array;
  readonly point: Uint8Array;
  readonly address: Uint8Array;
  readonly text: string;
}

/** An account key, the same for the same name. */
export function keyOf(name: string): Key {
  const privateKey = createHash('sha256').update(name).digest();
  const point = Uint8Array.from(secp256k1.publicKeyCreate(privateKey, true));
  const address = secp256k1Address(point);
  return { privateKey, point, address, text: addresses.accountText(address) };
}

export const alice = keyOf('alice');
export const bob = keyOf('bob');
/** In no genesis. */
export const stranger = keyOf('stranger');

/** What a test puts into a tx; everything has a good default. */
export interface TxSpec {
  readonly signer?: Key;
  readonly sequence?: bigint;
  readonly accountNumber?: bigint;
  readonly chainId?: string;
  readonly denom?: string;
  readonly amount?: string;
  readonly to?: string;
  readonly memo?: string;
  readonly timeoutHeight?: bigint;
  readonly gasLimit?: bigint;
  readonly fee?: readonly { readonly denom: string; readonly amount: string }[];
  readonly payer?: string;
  readonly granter?: string;
  readonly messages?: readonly protoAny.Any[];
  readonly publicKey?: protoAny.Any | null;
  readonly mode?: number;
  /** Changes the signature after signing. */
  readonly tamper?: (signature: Uint8Array) => Uint8Array;
}

export function sendMessage(spec: TxSpec = {}): protoAny.Any {
  const message = bankTx.MsgSend.fromPartial({
    fromAddress: (spec.signer ?? alice).text,
    toAddress: spec.to ?? bob.text,
    amount: [{ denom: spec.denom ?? 'uinf', amount: spec.amount ?? '5' }],
  });
  return { typeUrl: sendUrl, value: bankTx.MsgSend.encode(message).finish() };
}

export function publicKeyOf(key: Key): protoAny.Any {
  return { typeUrl: secp256k1Url, value: secp256k1Keys.PubKey.encode({ key: key.point }).finish() };
}

export function makeTx(spec: TxSpec = {}): Uint8Array {
  const signer = spec.signer ?? alice;
  const bodyBytes = txTypes.TxBody.encode(
    txTypes.TxBody.fromPartial({
      messages: [...(spec.messages ?? [sendMessage(spec)])],
      memo: spec.memo ?? '',
      timeoutHeight: spec.timeoutHeight ?? 0n,
    }),
  ).finish();
  const authInfoBytes = txTypes.AuthInfo.encode(
    txTypes.AuthInfo.fromPartial({
      signerInfos: [
        {
          publicKey: spec.publicKey === null ? undefined : (spec.publicKey ?? publicKeyOf(signer)),
          modeInfo: { single: { mode: spec.mode ?? 1 } },
          sequence: spec.sequence ?? 0n,
        },
      ],
      fee: {
        amount: [...(spec.fee ?? [{ denom: 'uinf', amount: '100' }])],
        gasLimit: spec.gasLimit ?? 200_000n,
        payer: spec.payer ?? '',
        granter: spec.granter ?? '',
      },
    }),
  ).finish();
  const signBytes = txTypes.SignDoc.encode({
    bodyBytes,
    authInfoBytes,
    chainId: spec.chainId ?? chainId,
    accountNumber: spec.accountNumber ?? 7n,
  }).finish();
  const digest = createHash('sha256').update(signBytes).digest();
  const signature = Uint8Array.from(secp256k1.ecdsaSign(digest, signer.privateKey).signature);
  return txTypes.TxRaw.encode({
    bodyBytes,
    authInfoBytes,
    signatures: [spec.tamper === undefined ? signature : spec.tamper(signature)],
  }).finish();
}
