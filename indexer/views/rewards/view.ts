import * as events from '../../../modules/rewards/events.ts';
import { on, type View } from '../view.ts';
import { epochs, rewardClaims, rewards, rewardTotals } from './tables.ts';

export const rewardsView: View = {
  name: 'rewards',
  version: 1,
  tables: [epochs, rewards, rewardClaims, rewardTotals],
  events: [
    on(events.epochClosed, (event, { height, time }, changes) =>
      changes.put(epochs, {
        epoch: Number(event.epoch),
        cap: event.cap.toString(),
        halvings: Number(event.halvings),
        indexPpm: event.index_ppm.toString(),
        indexStale: event.index_stale,
        paused: event.paused,
        valueLimit: event.value_limit.toString(),
        supplyLimit: event.supply_limit.toString(),
        drawLimit: event.draw_limit.toString(),
        budget: event.budget.toString(),
        limit: event.limit,
        paid: event.paid.toString(),
        data: event.data.toString(),
        model: event.model.toString(),
        compute: event.compute.toString(),
        expertise: event.expertise.toString(),
        verifiers: event.verifiers.toString(),
        stakers: event.stakers.toString(),
        community: event.community.toString(),
        dust: event.dust.toString(),
        reserve: event.reserve.toString(),
        lapsed: event.lapsed.toString(),
        scheduled: event.scheduled.toString(),
        issued: event.issued.toString(),
        height,
        time,
      }),
    ),
    on(events.payoutFinished, ({ epoch, dust }, _, changes) =>
      changes.update(epochs, { epoch: Number(epoch), dust: dust.toString() }),
    ),
    on(events.rewardPaid, (event, { height, position, time }, changes) => {
      const { stream, beneficiary, weight, amount } = event;
      changes.insert(rewards, {
        height,
        position,
        epoch: Number(event.epoch),
        stream,
        contributionId: Number(event.contribution),
        beneficiary,
        weight: weight.toString(),
        amount: amount.toString(),
        time,
      });
      changes.add(rewardTotals, { address: beneficiary }, { earned: amount, claimed: 0n });
    }),
    on(events.rewardsClaimed, ({ claimant, amount, denom }, { height, position, txHash, time }, changes) => {
      changes.insert(rewardClaims, { height, position, claimant, amount: amount.toString(), denom, txHash, time });
      changes.add(rewardTotals, { address: claimant }, { earned: 0n, claimed: amount });
    }),
  ],
};
