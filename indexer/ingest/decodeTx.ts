import type { Registry } from '@cosmjs/proto-signing';
import { tx as txTypes } from '../../sdk/codec/index.ts';
import type { StoredMessage } from '../database/tables.ts';
import { toPlain } from './plain.ts';

/** A message with its bytes, for views that read it by its own type. */
export interface RawMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

export interface DecodedTx {
  readonly memo: string;
  /** Coins as text, `2000uinf`. */
  readonly fee: string;
  readonly raw: readonly RawMessage[];
  readonly messages: readonly StoredMessage[];
}

/** Never throws: bytes that are no tx have no messages, messages that the registry does not know stay bytes. */
export function decodeTx(bytes: Uint8Array, registry: Registry): DecodedTx {
  try {
    const { bodyBytes, authInfoBytes } = txTypes.TxRaw.decode(bytes);
    const body = txTypes.TxBody.decode(bodyBytes);
    const { fee } = txTypes.AuthInfo.decode(authInfoBytes);
    return {
      memo: body.memo,
      fee: (fee?.amount ?? []).map(({ amount, denom }) => `${amount}${denom}`).join(','),
      raw: body.messages.map(({ typeUrl, value }) => ({ typeUrl, value })),
      messages: body.messages.map((message) => storeMessage(message, registry)),
    };
  } catch {
    return { memo: '', fee: '', raw: [], messages: [] };
  }
}

function storeMessage({ typeUrl, value }: RawMessage, registry: Registry): StoredMessage {
  try {
    return { typeUrl, value: toPlain(registry.decode({ typeUrl, value }), registry) };
  } catch {
    return { typeUrl, raw: Buffer.from(value).toString('base64') };
  }
}
