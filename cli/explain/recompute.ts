import { contributionsPaid, shareOf } from '../../modules/rewards/formulas.ts';
import { appraise, roundWeight } from '../../modules/valuation/formulas.ts';
import type { QueryRewardExplanationResponse } from '../../proto/generated/infinet/rewards/v1/query.ts';
import type { ValuationRound } from '../../proto/generated/infinet/valuation/v1/round.ts';
import type { Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';

/** What the chain says about a contribution. */
export interface Explained {
  readonly valuation: Valuation;
  /** The round that decided its weight, where one did. */
  readonly round?: ValuationRound | undefined;
  /** Absent while it has earned nothing. */
  readonly reward?: QueryRewardExplanationResponse | undefined;
}

export interface OfflineCheck {
  readonly recomputed_weight: bigint;
  /** uinf; absent before the reward is paid. */
  readonly recomputed_reward?: bigint;
  readonly equal: boolean;
  /** What differs, in words. */
  readonly differences: readonly string[];
}

/** Computes weight and reward again from their inputs alone, by the chain's own formulas. */
export function recompute({ reward, round, valuation }: Explained): OfflineCheck {
  const differences: string[] = [];
  const same = (what: string, ours: bigint | boolean, theirs: bigint | boolean) => {
    if (ours !== theirs) differences.push(`${what}: ${ours} here, ${theirs} on the chain`);
  };
  const appraised = appraise(valuation);
  const valued = valuation.joint && round !== undefined && round.valuedHeight > 0n;
  const { passed, weight } = valued ? roundWeight(round, valuation.contributionId) : appraised;
  same('weight', weight, valuation.weight);
  same('passed', passed, valuation.passed);
  same('quality', appraised.qualityPpm, valuation.qualityPpm);
  if (reward === undefined || reward.pending) {
    return { recomputed_weight: weight, equal: differences.length === 0, differences };
  }
  same('weight that was paid', weight - valuation.deductedWeight, reward.weight);
  const [streamWeight, demand] = [BigInt(reward.streamWeight), BigInt(reward.streamDemand)];
  const paid = contributionsPaid(reward.streamBudget, streamWeight, demand, reward.rate);
  const amount = shareOf(paid, reward.weight, streamWeight);
  same('reward', amount, reward.amount);
  const payments = reward.payments.reduce((sum, payment) => sum + payment.amount, 0n);
  same('sum of the payments', payments, reward.amount);
  return { recomputed_weight: weight, recomputed_reward: amount, equal: differences.length === 0, differences };
}
