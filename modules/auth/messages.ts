import type { MessageType } from '../../chain/message.ts';
import { authTx } from '../../sdk/codec/index.ts';

/** Replaces all parameters; only governance may. */
export const msgUpdateParams: MessageType<authTx.MsgUpdateParams, authTx.MsgUpdateParamsResponse> = {
  typeUrl: '/cosmos.auth.v1beta1.MsgUpdateParams',
  request: authTx.MsgUpdateParams,
  response: authTx.MsgUpdateParamsResponse,
};
