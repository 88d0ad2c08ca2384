import { fromBase64 } from '@cosmjs/encoding';
import { encodePubkey, makeAuthInfoBytes, makeSignDoc, type OfflineDirectSigner } from '@cosmjs/proto-signing';
import { coins } from '@cosmjs/stargate';
import { BinaryWriter, bankTx, tx } from '../../sdk/codec/index.ts';

export interface RawTx {
  readonly messages?: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
  readonly memo?: string;
  readonly timeoutHeight?: bigint;
  /** Appended to the TxBody before signing. */
  readonly moreBody?: Uint8Array;
  readonly fee?: { readonly amount: string; readonly denom?: string };
  readonly gas?: number;
}

export interface RawSigner {
  readonly wallet: OfflineDirectSigner;
  readonly accountNumber: bigint;
  readonly sequence: number;
  readonly chainId: string;
}

/** A correctly signed tx of any content: what CosmJS' own client would not let out. */
export async function signRaw(signer: RawSigner, spec: RawTx): Promise<tx.TxRaw> {
  const [account] = await signer.wallet.getAccounts();
  if (account === undefined) throw new Error('the wallet holds no account');
  const { messages = [sendOne(account.address)], memo = '', timeoutHeight = 0n, moreBody = new Uint8Array() } = spec;
  const body = tx.TxBody.fromPartial({ messages: [...messages], memo, timeoutHeight });
  const bodyBytes = Buffer.concat([tx.TxBody.encode(body).finish(), moreBody]);
  const pubkey = encodePubkey({
    type: 'tendermint/PubKeySecp256k1',
    value: Buffer.from(account.pubkey).toString('base64'),
  });
  const { amount = '2000', denom = 'uinf' } = spec.fee ?? {};
  const authInfoBytes = makeAuthInfoBytes(
    [{ pubkey, sequence: signer.sequence }],
    coins(amount, denom),
    spec.gas ?? 200_000,
    undefined,
    undefined,
  );
  const document = makeSignDoc(Uint8Array.from(bodyBytes), authInfoBytes, signer.chainId, signer.accountNumber);
  const { signed, signature } = await signer.wallet.signDirect(account.address, document);
  return {
    bodyBytes: signed.bodyBytes,
    authInfoBytes: signed.authInfoBytes,
    signatures: [fromBase64(signature.signature)],
  };
}

/** A send of one uinf to oneself. */
function sendOne(address: string): { typeUrl: string; value: Uint8Array } {
  const value = { fromAddress: address, toAddress: address, amount: coins(1, 'uinf') };
  return { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: bankTx.MsgSend.encode(value).finish() };
}

/** A length-delimited protobuf field, as a later version of a message might have it. */
export function unknownField(number: number): Uint8Array {
  return new BinaryWriter()
    .uint32((number << 3) | 2)
    .string('new')
    .finish();
}

/** Order of secp256k1's group: with `s` a signature, `n - s` is as well, unless the chain insists on the lower. */
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The other valid signature of the same key over the same bytes. */
export function withHighS(signature: Uint8Array): Uint8Array {
  const s = order - BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  const high = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
  return Uint8Array.from(Buffer.concat([signature.subarray(0, 32), high]));
}
