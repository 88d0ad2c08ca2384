import { addressOfKey, multisigUrl, readPublicKey } from '../../chain/tx/keys.ts';
import { multisig, multisigKeys, type protoAny, tx as txTypes } from '../../sdk/codec/index.ts';
import { addresses, denom, type Key } from './keys.ts';
import { aminoBytes, ecdsa, type SignerState, type TxSpec } from './tx.ts';

type Bytes = Uint8Array;
type Member = Key | Group;

/** A LegacyAminoPubKey account. */
export interface Group {
  readonly threshold: number;
  readonly members: readonly Member[];
}

export function groupKey({ threshold, members }: Group): protoAny.Any {
  const publicKeys = members.map((member) => ('members' in member ? groupKey(member) : member.publicKey));
  return { typeUrl: multisigUrl, value: multisigKeys.LegacyAminoPubKey.encode({ threshold, publicKeys }).finish() };
}

export function groupText(group: Group): string {
  return addresses.accountText(addressOfKey(readPublicKey(groupKey(group))));
}

export interface GroupTx {
  readonly messages: readonly protoAny.Any[];
  /** Indexes of the members that sign; groups within sign with all of theirs. */
  readonly signed: readonly number[];
  /** What the bit array says, if not the truth. */
  readonly bits?: { extraBitsStored: number; elems: Bytes };
  readonly mode?: number;
  readonly gas?: bigint;
  readonly publicKey?: protoAny.Any;
  readonly sequence?: bigint;
  /** Signatures in the order given here instead of that of the members. */
  readonly order?: (signatures: Bytes[]) => Bytes[];
  readonly wrapped?: (bytes: Bytes) => Bytes;
}

/** A tx of a multisignature account, each member's part in amino JSON (or the mode given). */
export function groupTx(group: Group, spec: GroupTx, state: SignerState): Bytes {
  const { mode = 127, gas = 400_000n } = spec;
  const sequence = spec.sequence ?? state.sequence;
  const bodyBytes = txTypes.TxBody.encode(txTypes.TxBody.fromPartial({ messages: [...spec.messages] })).finish();
  const authInfoBytes = txTypes.AuthInfo.encode(
    txTypes.AuthInfo.fromPartial({
      signerInfos: [
        {
          publicKey: spec.publicKey ?? groupKey(group),
          modeInfo: modeOf(group, spec.signed, mode, spec.bits),
          sequence,
        },
      ],
      fee: { amount: [{ denom, amount: '100' }], gasLimit: gas },
    }),
  ).finish();
  const asTx: TxSpec = { signers: [], messages: spec.messages, gas };
  const signBytes =
    mode === 127
      ? aminoBytes(asTx, state.accountNumber, sequence)
      : txTypes.SignDoc.encode({
          bodyBytes,
          authInfoBytes,
          chainId: 'differential-1',
          accountNumber: state.accountNumber,
        }).finish();
  const signature = signGroup(group, spec.signed, signBytes, spec.order);
  const wrapped = spec.wrapped?.(signature) ?? signature;
  return txTypes.TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [wrapped] }).finish();
}

function all({ members }: Group): number[] {
  return [...members.keys()];
}

function modeOf(
  { members }: Group,
  signed: readonly number[],
  mode: number,
  bits: { extraBitsStored: number; elems: Bytes } = bitArray(members.length, signed),
): txTypes.ModeInfo {
  const modeInfos = signed.map((index) => {
    const member = members[index];
    return member !== undefined && 'members' in member
      ? modeOf(member, all(member), mode)
      : txTypes.ModeInfo.fromPartial({ single: { mode } });
  });
  return txTypes.ModeInfo.fromPartial({ multi: { bitarray: bits, modeInfos } });
}

function signGroup(
  { members }: Group,
  signed: readonly number[],
  signBytes: Bytes,
  order = (signatures: Bytes[]) => signatures,
): Bytes {
  const signatures = signed.map((index) => {
    const member = members[index];
    if (member === undefined) return new Uint8Array(64);
    return 'members' in member ? signGroup(member, all(member), signBytes) : ecdsa(member, signBytes);
  });
  return multisig.MultiSignature.encode({ signatures: order(signatures) }).finish();
}

function bitArray(count: number, signed: readonly number[]) {
  const elems = new Uint8Array(Math.ceil(count / 8));
  for (const index of signed) elems[index >> 3] = (elems[index >> 3] ?? 0) | (1 << (7 - (index % 8)));
  return { extraBitsStored: count % 8, elems };
}
