import { createHash } from 'node:crypto';
import secp256k1 from 'secp256k1/bindings.js';
import { type Key, publicKeyOf } from '../../chain/app/testing/txs.ts';
import { encodeAny } from '../../chain/tx/amino/encode.ts';
import { multisigUrl } from '../../chain/tx/keys.ts';
import { multisig, multisigKeys, type protoAny, signing, tx as txTypes } from '../../sdk/codec/index.ts';
import { type Actor, chainId } from './actors.ts';

/** How a tx is shown to who signs it. */
export type Mode = 'direct' | 'amino';

/** The mode in which an account signs when nothing else is wanted. */
export function modeOf({ members }: Actor): Mode {
  return members === undefined ? 'direct' : 'amino';
}

/** One of a tx's signers, with what its signature is bound to. */
export interface TxSigner {
  readonly actor: Actor;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  /** Accounts of several keys can sign amino JSON only. */
  readonly mode: Mode;
}

export interface TxParts {
  /** In the order in which the messages name them; a payer of its own last. */
  readonly signers: readonly TxSigner[];
  readonly messages: readonly protoAny.Any[];
  readonly gasLimit: bigint;
  readonly fee: readonly { readonly denom: string; readonly amount: string }[];
  readonly memo?: string;
  readonly timeoutHeight?: bigint;
  readonly payer?: string;
  readonly granter?: string;
  /** Changes the first signature after signing. */
  readonly tamper?: (signature: Uint8Array) => Uint8Array;
}

/** A signed tx, as wallets make them: SIGN_MODE_DIRECT, LEGACY_AMINO_JSON, LegacyAminoPubKey. */
export function signTx(parts: TxParts): Uint8Array {
  const bodyBytes = txTypes.TxBody.encode(
    txTypes.TxBody.fromPartial({
      messages: [...parts.messages],
      memo: parts.memo ?? '',
      timeoutHeight: parts.timeoutHeight ?? 0n,
    }),
  ).finish();
  const authInfoBytes = txTypes.AuthInfo.encode(
    txTypes.AuthInfo.fromPartial({
      signerInfos: parts.signers.map(signerInfo),
      fee: {
        amount: [...parts.fee],
        gasLimit: parts.gasLimit,
        payer: parts.payer ?? '',
        granter: parts.granter ?? '',
      },
    }),
  ).finish();
  const signatures = parts.signers.map((signer) => {
    const { accountNumber, mode } = signer;
    const bytes =
      mode === 'amino'
        ? aminoDoc(parts, signer)
        : txTypes.SignDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber }).finish();
    return signatureOf(signer.actor, bytes);
  });
  const [first, ...others] = signatures;
  const tampered = first !== undefined && parts.tamper !== undefined ? [parts.tamper(first), ...others] : signatures;
  return txTypes.TxRaw.encode({ bodyBytes, authInfoBytes, signatures: tampered }).finish();
}

const modes = { direct: signing.SignMode.SIGN_MODE_DIRECT, amino: signing.SignMode.SIGN_MODE_LEGACY_AMINO_JSON };

function signerInfo({ actor, mode, sequence }: TxSigner) {
  const single = (of: Mode) => ({ single: { mode: modes[of] } });
  if (actor.members === undefined) return { publicKey: publicKeyOf(actor), modeInfo: single(mode), sequence };
  const { keys, threshold } = actor.members;
  // The first ones sign; the others' bits stay 0.
  const elems = Uint8Array.of(((1 << threshold) - 1) << (8 - threshold));
  const bitarray = { extraBitsStored: keys.length, elems };
  const modeInfos = keys.slice(0, threshold).map(() => single('amino'));
  return { publicKey: multisigKey(keys, threshold), modeInfo: { multi: { bitarray, modeInfos } }, sequence };
}

export function multisigKey(keys: readonly Key[], threshold: number): protoAny.Any {
  const publicKeys = keys.map(publicKeyOf);
  return { typeUrl: multisigUrl, value: multisigKeys.LegacyAminoPubKey.encode({ threshold, publicKeys }).finish() };
}

function signatureOf({ members, privateKey }: Actor, bytes: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(bytes).digest();
  const one = (key: Uint8Array) => Uint8Array.from(secp256k1.ecdsaSign(digest, key).signature);
  if (members === undefined) return one(privateKey);
  const signatures = members.keys.slice(0, members.threshold).map((key) => one(key.privateKey));
  return multisig.MultiSignature.encode({ signatures }).finish();
}

/** The `StdSignDoc` of amino times: `JSON.stringify` of sorted keys, with the characters that Go escapes. */
function aminoDoc(parts: TxParts, { accountNumber, sequence }: TxSigner): Uint8Array {
  const { fee, gasLimit, granter, payer, memo = '', timeoutHeight = 0n } = parts;
  const doc = {
    account_number: `${accountNumber}`,
    chain_id: chainId,
    fee: {
      amount: fee.map(({ denom, amount }) => ({ amount, denom })),
      gas: `${gasLimit}`,
      ...(granter && { granter }),
      ...(payer && { payer }),
    },
    memo,
    msgs: [],
    sequence: `${sequence}`,
    ...(timeoutHeight > 0n && { timeout_height: `${timeoutHeight}` }),
  };
  const messages = `"msgs":[${parts.messages.map(shown).join(',')}]`;
  return Buffer.from(JSON.stringify(doc).replace('"msgs":[]', messages), 'utf8');
}

/** What cannot be shown is signed all the same, as nothing: the chain has to refuse it. */
function shown(message: protoAny.Any): string {
  try {
    return encodeAny(message);
  } catch {
    return '';
  }
}
