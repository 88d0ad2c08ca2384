import { describe, expect, it } from 'vitest';
import { QueryRewardExplanationResponse } from '../../proto/generated/infinet/rewards/v1/query.ts';
import { ValuationRound } from '../../proto/generated/infinet/valuation/v1/round.ts';
import { Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { recompute } from './recompute.ts';

const ratios = ['accuracy', 'completeness', 'consistency', 'timeliness'];
const valuation = Valuation.fromPartial({
  contributionId: 3n,
  kind: 1,
  metrics: [...ratios.map((name) => ({ name, value: 1_000_000n })), { name: 'impact_micro', value: 800_000n }],
  qualityPpm: 1_000_000n,
  weight: 61_728n,
  passed: true,
  joint: true,
  roundId: 1n,
});
const round = ValuationRound.fromPartial({
  id: 1n,
  members: [{ contributionId: 3n }],
  valuedHeight: 9n,
  usualRowsMicro: 100_000_000n,
  metrics: [
    { name: 'net_rows_micro', value: 50_000_000n },
    { name: 'value_3', value: 123_456_789_012n },
  ],
});
const reward = QueryRewardExplanationResponse.fromPartial({
  weight: 61_728n,
  streamBudget: 1_000_000n,
  streamWeight: '200000',
  streamDemand: '400000',
  rate: 10_000_000n,
  amount: 154_320n,
  payments: [{ amount: 154_320n }],
});

describe('weight and reward computed again', () => {
  it('are equal for a contribution that was valued together with others', () => {
    const { equal, recomputed_reward, recomputed_weight } = recompute({ valuation, round, reward });
    expect({ equal, recomputed_reward, recomputed_weight }).toEqual({
      equal: true,
      recomputed_reward: 154_320n,
      recomputed_weight: 61_728n,
    });
  });

  it('are not where the chain says another weight, reward or payment', () => {
    const richer = { ...valuation, weight: 61_729n };
    expect(recompute({ valuation: richer, round, reward }).differences[0]).toContain('weight: 61728 here, 61729');
    const more = recompute({ valuation, round, reward: { ...reward, amount: 154_321n } });
    expect([more.equal, more.differences.length]).toEqual([false, 2]);
  });

  it('wait for the round, and for the epoch', () => {
    const waiting = { ...valuation, weight: 0n };
    expect(recompute({ valuation: waiting, round: { ...round, valuedHeight: 0n } })).toMatchObject({ equal: true });
    expect(recompute({ valuation, round, reward: { ...reward, pending: true, amount: 0n } })).toEqual({
      recomputed_weight: 61_728n,
      equal: true,
      differences: [],
    });
  });
});
