import { requireReadable } from '../../chain/math/coins.ts';
import type { MessageType } from '../../chain/message.ts';
import { bankTx } from '../../sdk/codec/index.ts';

/** Moves coins from one account to another. */
export const msgSend: MessageType<bankTx.MsgSend, bankTx.MsgSendResponse> = {
  typeUrl: '/cosmos.bank.v1beta1.MsgSend',
  request: bankTx.MsgSend,
  response: bankTx.MsgSendResponse,
  validate: (message) => requireReadable(message.amount),
};

/** Moves coins from one account to several. */
export const msgMultiSend: MessageType<bankTx.MsgMultiSend, bankTx.MsgMultiSendResponse> = {
  typeUrl: '/cosmos.bank.v1beta1.MsgMultiSend',
  request: bankTx.MsgMultiSend,
  response: bankTx.MsgMultiSendResponse,
  validate: (message) => {
    for (const { coins } of [...message.inputs, ...message.outputs]) requireReadable(coins);
  },
};

/** Replaces the parameters; only governance may. */
export const msgUpdateParams: MessageType<bankTx.MsgUpdateParams, bankTx.MsgUpdateParamsResponse> = {
  typeUrl: '/cosmos.bank.v1beta1.MsgUpdateParams',
  request: bankTx.MsgUpdateParams,
  response: bankTx.MsgUpdateParamsResponse,
};

/** Switches sending of denominations on and off; only governance may. */
export const msgSetSendEnabled: MessageType<bankTx.MsgSetSendEnabled, bankTx.MsgSetSendEnabledResponse> = {
  typeUrl: '/cosmos.bank.v1beta1.MsgSetSendEnabled',
  request: bankTx.MsgSetSendEnabled,
  response: bankTx.MsgSetSendEnabledResponse,
};
