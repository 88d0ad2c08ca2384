import type { MessageType } from '../../chain/message.ts';
import { MsgClaimRewards, MsgClaimRewardsResponse } from '../../proto/generated/infinet/rewards/v1/tx.ts';

/** Pays out everything that the claimant has earned. */
export const msgClaimRewards: MessageType<MsgClaimRewards, MsgClaimRewardsResponse> = {
  typeUrl: '/infinet.rewards.v1.MsgClaimRewards',
  request: MsgClaimRewards,
  response: MsgClaimRewardsResponse,
};
