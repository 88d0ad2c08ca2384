import * as valuation from '../../../modules/valuation/events.ts';
import { on, type View } from '../view.ts';
import { reputations, valuations } from './tables.ts';

export const valuationsView: View = {
  name: 'valuations',
  version: 1,
  tables: [valuations, reputations],
  events: [
    on(valuation.valuationComputed, (event, { height }, changes) =>
      changes.put(valuations, {
        contributionId: Number(event.contribution_id),
        kind: event.kind,
        objectiveId: Number(event.objective_id),
        beneficiary: event.beneficiary,
        qualityGatePpm: event.quality_gate_ppm.toString(),
        baselinePpm: event.baseline_ppm.toString(),
        qualityPpm: event.quality_ppm.toString(),
        impactMicro: event.impact_micro.toString(),
        weight: event.weight.toString(),
        passed: event.passed,
        reason: event.reason,
        emission: event.emission,
        settled: false,
        computedHeight: height,
        settledHeight: null,
      }),
    ),
    on(valuation.valuationSettled, ({ contribution_id, weight, emission }, { height }, changes) =>
      changes.update(valuations, {
        contributionId: Number(contribution_id),
        weight: weight.toString(),
        emission,
        settled: true,
        settledHeight: height,
      }),
    ),
    on(valuation.reputationChanged, (event, { height }, changes) =>
      changes.put(reputations, {
        address: event.address,
        accepted: Number(event.accepted),
        rejected: Number(event.rejected),
        weight: event.weight.toString(),
        seatsServed: Number(event.seats_served),
        seatsMissed: Number(event.seats_missed),
        disputesWon: Number(event.disputes_won),
        disputesLost: Number(event.disputes_lost),
        height,
      }),
    ),
  ],
};
