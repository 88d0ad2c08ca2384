import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import { handle, type MessageRoute } from '../../chain/message.ts';
import type { MsgClaimRewards, MsgClaimRewardsResponse } from '../../proto/generated/infinet/rewards/v1/tx.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { rewardsErrors } from './errors.ts';
import { rewardsClaimed } from './events.ts';
import type { RewardsBank, RewardsStaking } from './expected.ts';
import { msgClaimRewards } from './messages.ts';
import { claimables, emission, MODULE_ACCOUNT } from './state.ts';

export function createHandlers(bank: RewardsBank, staking: RewardsStaking, addresses: AddressCodec): MessageRoute[] {
  return [handle(msgClaimRewards, (ctx, message) => claimRewards(ctx, message, bank, staking, addresses))];
}

function claimRewards(
  ctx: Context,
  message: MsgClaimRewards,
  bank: RewardsBank,
  staking: RewardsStaking,
  addresses: AddressCodec,
): MsgClaimRewardsResponse {
  const claimant = addresses.account(message.claimant);
  const amount = claimables.get(ctx, claimant) ?? 0n;
  ensure(amount > 0n, rewardsErrors.nothingToClaim, message.claimant);
  const denom = staking.bondDenom(ctx);
  const coin = { denom, amount: amount.toString() };
  claimables.remove(ctx, claimant);
  const sums = emission.require(ctx);
  emission.set(ctx, { ...sums, claimed: sums.claimed + amount, unclaimed: sums.unclaimed - amount });
  bank.sendFromModule(ctx, MODULE_ACCOUNT, claimant, [coin]);
  ctx.log.emit(rewardsClaimed.encode({ claimant: addresses.accountText(claimant), amount, denom }));
  return { amount: coin };
}
