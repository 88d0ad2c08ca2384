import { createHash } from 'node:crypto';
import secp256k1 from 'secp256k1/bindings.js';
import { encodeAny } from '../../chain/tx/amino/encode.ts';
import { type protoAny, tx as txTypes } from '../../sdk/codec/index.ts';
import { chainId, denom, type Key } from './keys.ts';

type Bytes = Uint8Array;
type Change = (bytes: Bytes) => Bytes;

/** What a step puts into its tx. Everything but signers and messages has a good default. */
export interface TxSpec {
  readonly signers: readonly Key[];
  readonly messages: readonly protoAny.Any[];
  /** Default 100stake; `null` leaves the whole fee away. */
  readonly fee?: readonly { readonly denom: string; readonly amount: string }[] | null;
  readonly gas?: bigint;
  readonly payer?: string;
  readonly granter?: string;
  readonly memo?: string;
  readonly timeoutHeight?: bigint;
  readonly chainId?: string;
  readonly accountNumber?: bigint;
  readonly sequence?: bigint;
  readonly mode?: number;
  /** Signs the amino JSON instead of the bytes; the mode is then 127 if none is given. */
  readonly amino?: boolean;
  /** Replaces the public keys; `null` leaves them away. */
  readonly publicKey?: protoAny.Any | null;
  readonly extensionOptions?: readonly protoAny.Any[];
  readonly nonCriticalExtensionOptions?: readonly protoAny.Any[];
  /** Leaves the mode info away. */
  readonly noMode?: boolean;
  /** Changed before signing. */
  readonly body?: Change;
  readonly authInfo?: Change;
  /** Changed after signing. */
  readonly signature?: Change;
  readonly signatures?: (signatures: Bytes[]) => Bytes[];
  readonly raw?: Change;
}

export interface SignerState {
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** Encodes and signs; `states` are the signers' accounts in order. */
export function buildTx(spec: TxSpec, states: readonly SignerState[]): Bytes {
  const same: Change = (bytes) => bytes;
  const bodyBytes = (spec.body ?? same)(
    txTypes.TxBody.encode(
      txTypes.TxBody.fromPartial({
        messages: [...spec.messages],
        memo: spec.memo ?? '',
        timeoutHeight: spec.timeoutHeight ?? 0n,
        extensionOptions: [...(spec.extensionOptions ?? [])],
        nonCriticalExtensionOptions: [...(spec.nonCriticalExtensionOptions ?? [])],
      }),
    ).finish(),
  );
  const authInfoBytes = (spec.authInfo ?? same)(txTypes.AuthInfo.encode(authInfo(spec, states)).finish());
  const signatures = spec.signers.map((key, index) => {
    const accountNumber = spec.accountNumber ?? states[index]?.accountNumber ?? 0n;
    const signBytes =
      spec.amino === true
        ? aminoBytes(spec, accountNumber, spec.sequence ?? states[index]?.sequence ?? 0n)
        : txTypes.SignDoc.encode({
            bodyBytes,
            authInfoBytes,
            chainId: spec.chainId ?? chainId,
            accountNumber,
          }).finish();
    return (spec.signature ?? same)(ecdsa(key, signBytes));
  });
  const raw = { bodyBytes, authInfoBytes, signatures: spec.signatures?.(signatures) ?? signatures };
  return (spec.raw ?? same)(txTypes.TxRaw.encode(raw).finish());
}

/** 64 bytes over the SHA-256 of what is signed. */
export function ecdsa(key: Key, signBytes: Bytes): Bytes {
  const digest = createHash('sha256').update(signBytes).digest();
  return Uint8Array.from(secp256k1.ecdsaSign(digest, key.privateKey).signature);
}

/** The StdSignDoc of amino times; our own JSON of the messages, which simd would not take if it were wrong. */
export function aminoBytes(spec: TxSpec, accountNumber: bigint, sequence: bigint): Bytes {
  const { fee = [{ denom, amount: '100' }], granter = '', payer = '', timeoutHeight = 0n } = spec;
  const parts = [
    `"account_number":"${accountNumber}"`,
    `"chain_id":"${spec.chainId ?? chainId}"`,
    `"fee":${JSON.stringify({
      amount: (fee ?? []).map(({ denom: name, amount }) => ({ amount, denom: name })),
      gas: `${spec.gas ?? 400_000n}`,
      ...(granter === '' ? {} : { granter }),
      ...(payer === '' ? {} : { payer }),
    })}`,
    `"memo":${JSON.stringify(spec.memo ?? '')}`,
    `"msgs":[${spec.messages.map(encodeAny).join(',')}]`,
    `"sequence":"${sequence}"`,
    ...(timeoutHeight === 0n ? [] : [`"timeout_height":"${timeoutHeight}"`]),
  ];
  return Buffer.from(`{${parts.join(',')}}`, 'utf8');
}

function authInfo(spec: TxSpec, states: readonly SignerState[]): txTypes.AuthInfo {
  const { fee = [{ denom, amount: '100' }] } = spec;
  return txTypes.AuthInfo.fromPartial({
    signerInfos: spec.signers.map((key, index) => ({
      publicKey: spec.publicKey === null ? undefined : (spec.publicKey ?? key.publicKey),
      modeInfo: spec.noMode === true ? undefined : { single: { mode: spec.mode ?? (spec.amino === true ? 127 : 1) } },
      sequence: spec.sequence ?? states[index]?.sequence ?? 0n,
    })),
    fee:
      fee === null
        ? undefined
        : {
            amount: [...fee],
            gasLimit: spec.gas ?? 400_000n,
            payer: spec.payer ?? '',
            granter: spec.granter ?? '',
          },
  });
}

/** A field of protobuf: number, wire type 2, bytes. */
export function lengthField(number: number, bytes: Bytes): Bytes {
  return Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length), ...bytes]);
}

export function varintField(number: number, value: number): Bytes {
  return Uint8Array.from([...varint(number << 3), ...varint(value)]);
}

export function concat(...parts: readonly Bytes[]): Bytes {
  return Uint8Array.from(Buffer.concat(parts));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}
