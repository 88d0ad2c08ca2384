import { msgClaimRewards } from '../../../modules/rewards/messages.ts';
import { claimables } from '../../../modules/rewards/state.ts';
import { actorOf, addresses, users } from '../actors.ts';
import { type Act, draft } from '../view.ts';

const claim: Act = (random, { ctx }) => {
  const owed = [...claimables.walk(ctx)].map(([address]) => addresses.accountText(address));
  const claimant = owed.length === 0 || random.oneIn(4) ? random.pick(users).text : random.pick(owed);
  return draft(actorOf(claimant), msgClaimRewards, { claimant });
};

export const rewardsActs: readonly Act[] = [claim];
