import type { MessageType } from '../../chain/message.ts';
import {
  MsgClaimRewards,
  MsgClaimRewardsResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
} from '../../proto/generated/infinet/rewards/v1/tx.ts';

/** Pays out everything that the claimant has earned. */
export const msgClaimRewards: MessageType<MsgClaimRewards, MsgClaimRewardsResponse> = {
  typeUrl: '/infinet.rewards.v1.MsgClaimRewards',
  request: MsgClaimRewards,
  response: MsgClaimRewardsResponse,
};

/** Replaces the parameters; only governance may. */
export const msgUpdateParams: MessageType<MsgUpdateParams, MsgUpdateParamsResponse> = {
  typeUrl: '/infinet.rewards.v1.MsgUpdateParams',
  request: MsgUpdateParams,
  response: MsgUpdateParamsResponse,
};
