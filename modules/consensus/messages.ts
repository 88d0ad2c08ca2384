import type { MessageType } from '../../chain/message.ts';
import { consensusTx } from '../../sdk/codec/index.ts';

/** Replaces CometBFT's consensus parameters; only governance may. */
export const msgUpdateParams: MessageType<consensusTx.MsgUpdateParams, consensusTx.MsgUpdateParamsResponse> = {
  typeUrl: '/cosmos.consensus.v1.MsgUpdateParams',
  request: consensusTx.MsgUpdateParams,
  response: consensusTx.MsgUpdateParamsResponse,
};
