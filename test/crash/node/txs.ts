import { createHash } from 'node:crypto';
import secp256k1 from 'secp256k1/bindings.js';
import { secp256k1Address, secp256k1Url } from '../../../chain/tx/keys.ts';
import { createAddressCodec } from '../../../sdk/address.ts';
import { bankTx, secp256k1Keys, tx as txTypes } from '../../../sdk/codec/index.ts';

export const chainId = 'crash-1';
export const denom = 'uinf';
const addresses = createAddressCodec('infinet');

export interface Sender {
  readonly accountNumber: bigint;
  readonly address: Uint8Array;
  readonly text: string;
  readonly privateKey: Uint8Array;
  readonly point: Uint8Array;
}

/** Accounts of the genesis, in the order of their account numbers. */
export const senders: readonly Sender[] = Array.from({ length: 24 }, (_, index) => {
  const privateKey = createHash('sha256').update(`crash ${index}`).digest();
  const point = Uint8Array.from(secp256k1.publicKeyCreate(privateKey, true));
  const address = secp256k1Address(point);
  return { accountNumber: BigInt(index), address, text: addresses.accountText(address), privateKey, point };
});

/** A signed bank send of one coin to a fresh address, so that each tx leaves an entry of its own behind. */
export function sendTx(sender: Sender, sequence: bigint): Uint8Array {
  const recipient = createHash('sha256').update(`to ${sender.text} ${sequence}`).digest().subarray(0, 20);
  const message = {
    fromAddress: sender.text,
    toAddress: addresses.accountText(recipient),
    amount: [{ denom, amount: '1' }],
  };
  const bodyBytes = txTypes.TxBody.encode(
    txTypes.TxBody.fromPartial({
      messages: [{ typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: bankTx.MsgSend.encode(message).finish() }],
    }),
  ).finish();
  const authInfoBytes = txTypes.AuthInfo.encode(
    txTypes.AuthInfo.fromPartial({
      signerInfos: [
        {
          publicKey: { typeUrl: secp256k1Url, value: secp256k1Keys.PubKey.encode({ key: sender.point }).finish() },
          modeInfo: { single: { mode: 1 } },
          sequence,
        },
      ],
      fee: { amount: [{ denom, amount: '2000' }], gasLimit: 200_000n, payer: '', granter: '' },
    }),
  ).finish();
  const { accountNumber } = sender;
  const doc = txTypes.SignDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber }).finish();
  const { signature } = secp256k1.ecdsaSign(createHash('sha256').update(doc).digest(), sender.privateKey);
  return txTypes.TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [Uint8Array.from(signature)] }).finish();
}
