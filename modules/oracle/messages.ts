import type { MessageType } from '../../chain/message.ts';
import { MsgUpdateParams, MsgUpdateParamsResponse } from '../../proto/generated/infinet/oracle/v1/tx.ts';

/** Replaces the parameters; only governance may. */
export const msgUpdateParams: MessageType<MsgUpdateParams, MsgUpdateParamsResponse> = {
  typeUrl: '/infinet.oracle.v1.MsgUpdateParams',
  request: MsgUpdateParams,
  response: MsgUpdateParamsResponse,
};
