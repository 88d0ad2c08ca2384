import { multisigKeys, type protoAny, tx as txTypes } from '../../sdk/codec/index.ts';
import { CodedError, ensure, fail, sdkErrors } from '../errors.ts';
import type { PreparedMessage } from '../message.ts';
import type { AnyValue } from './accounts.ts';
import { readAmount } from './coins.ts';
import { isKnownKey, multisigUrl } from './keys.ts';
import type { MessageRouter } from './router.ts';
import { requireSchema } from './schema.ts';
import { type Fee, type SignerInfo, type SignerMode, type Tx, TxKey } from './tx.ts';
import { rejectUnknownFields } from './unknownFields.ts';
import { equalBytes } from './wire.ts';

/** Largest tx in bytes: the same on every node, since a block with a larger one is refused. */
export const maxTxBytes = 1_048_576;

const rawSchema = requireSchema('cosmos.tx.v1beta1.TxRaw');
const bodySchema = requireSchema('cosmos.tx.v1beta1.TxBody');
const authInfoSchema = requireSchema('cosmos.tx.v1beta1.AuthInfo');

/**
 * Decodes a tx strictly: TxRaw and AuthInfo must be canonical (ADR-027), the body and its messages must have no unknown
 * critical field, every message must be one that the chain knows. Throws `sdk` 2 and 21 and nothing else.
 */
export function decodeTx(bytes: Uint8Array, router: MessageRouter): Tx {
  ensure(
    bytes.length <= maxTxBytes,
    sdkErrors.txTooLarge,
    `a tx of ${bytes.length} bytes is over the limit of ${maxTxBytes}`,
  );
  rejectUnknownFields(bytes, rawSchema, 'refuse');
  const raw = decoded('TxRaw', () => txTypes.TxRaw.decode(bytes));
  requireCanonical(bytes, txTypes.TxRaw.encode(raw).finish(), 'TxRaw');
  const { nonCritical: hasUnknownFields } = rejectUnknownFields(raw.bodyBytes, bodySchema);
  const body = decoded('TxBody', () => txTypes.TxBody.decode(raw.bodyBytes));
  rejectUnknownFields(raw.authInfoBytes, authInfoSchema, 'refuse');
  const authInfo = decoded('AuthInfo', () => txTypes.AuthInfo.decode(raw.authInfoBytes));
  requireCanonical(raw.authInfoBytes, txTypes.AuthInfo.encode(authInfo).finish(), 'AuthInfo');
  ensure(!body.unordered && body.timeoutTimestamp === undefined, sdkErrors.txDecode, 'unordered txs are not supported');
  ensure(authInfo.tip === undefined, sdkErrors.txDecode, 'tips are not supported');
  for (const { typeUrl } of [...body.extensionOptions, ...body.nonCriticalExtensionOptions]) {
    fail(
      sdkErrors.txDecode,
      `no concrete type registered for type URL ${typeUrl} against interface *tx.TxExtensionOptionI`,
    );
  }
  return {
    bytes,
    bodyBytes: raw.bodyBytes,
    authInfoBytes: raw.authInfoBytes,
    signatures: raw.signatures,
    messages: body.messages.map((message) => prepare(message, router)),
    rawMessages: body.messages,
    memo: body.memo,
    hasUnknownFields,
    timeoutHeight: body.timeoutHeight,
    signerInfos: authInfo.signerInfos.map(readSigner),
    fee: authInfo.fee === undefined ? undefined : readFee(authInfo.fee),
  };
}

/** Resolves one message of a tx, a proposal or a grant. Throws `sdk` 2 on an unknown type or malformed bytes. */
export function prepare(message: protoAny.Any, router: MessageRouter): PreparedMessage {
  const route = router.find(message.typeUrl);
  if (route === undefined) fail(sdkErrors.txDecode, `unable to resolve type URL ${message.typeUrl}`);
  return decoded(message.typeUrl, () => route.prepare(message.value));
}

function readSigner(info: txTypes.SignerInfo): SignerInfo {
  const { publicKey } = info;
  if (publicKey !== undefined) requireKnownKey(publicKey);
  return {
    publicKey: publicKey && new TxKey(publicKey),
    mode: readMode(info.modeInfo),
    sequence: info.sequence,
  };
}

/** Keys that are members of another are looked at too. */
function requireKnownKey({ typeUrl, value }: AnyValue): void {
  if (!isKnownKey(typeUrl)) fail(sdkErrors.txDecode, `unable to resolve type URL ${typeUrl}`);
  if (typeUrl !== multisigUrl) return;
  const { publicKeys } = decoded(typeUrl, () => multisigKeys.LegacyAminoPubKey.decode(value));
  for (const member of publicKeys) requireKnownKey(member);
}

function readMode(mode: txTypes.ModeInfo | undefined): SignerMode {
  if (mode === undefined) return { kind: 'none' };
  if (mode.single !== undefined) return { kind: 'single', mode: mode.single.mode };
  if (mode.multi === undefined) return { kind: 'empty' };
  const { bitarray, modeInfos } = mode.multi;
  const bits = { extraBits: bitarray?.extraBitsStored ?? 0, bytes: bitarray?.elems ?? new Uint8Array() };
  return { kind: 'multi', bits, members: modeInfos.map(readMode) };
}

function readFee(fee: txTypes.Fee): Fee {
  const coins = decoded('Fee', () => fee.amount.map(({ denom, amount }) => ({ denom, amount: readAmount(amount) })));
  return { coins, gasLimit: fee.gasLimit, payer: fee.payer, granter: fee.granter };
}

/** Refuses bytes that are not exactly the canonical encoding (ADR-027). */
function requireCanonical(original: Uint8Array, reencoded: Uint8Array, name: string): void {
  if (equalBytes(original, reencoded)) return;
  fail(sdkErrors.txDecode, `${name} is not in the canonical encoding of ADR-027`);
}

function decoded<T>(name: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    fail(sdkErrors.txDecode, `${name}: ${error instanceof Error ? error.message : 'malformed'}`);
  }
}
