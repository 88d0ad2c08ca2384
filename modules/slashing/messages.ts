import type { MessageType } from '../../chain/message.ts';
import { slashingTx } from '../../sdk/codec/index.ts';

/** Lets a validator back in once its time in jail is over. */
export const msgUnjail: MessageType<slashingTx.MsgUnjail, slashingTx.MsgUnjailResponse> = {
  typeUrl: '/cosmos.slashing.v1beta1.MsgUnjail',
  request: slashingTx.MsgUnjail,
  response: slashingTx.MsgUnjailResponse,
};

/** Replaces the parameters; only governance may. */
export const msgUpdateParams: MessageType<slashingTx.MsgUpdateParams, slashingTx.MsgUpdateParamsResponse> = {
  typeUrl: '/cosmos.slashing.v1beta1.MsgUpdateParams',
  request: slashingTx.MsgUpdateParams,
  response: slashingTx.MsgUpdateParamsResponse,
};
