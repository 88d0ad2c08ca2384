/** Typed events of this module; the indexer decodes them with the same declarations. */
import { defineEvent, flag, integer, text } from '../../chain/events.ts';

/** An appraisal with its results; the metrics are in `contribution_metric` events of the same tx or block. */
export const valuationComputed = defineEvent('valuation_computed', {
  contribution_id: integer,
  /** `data`, `model` ... */
  kind: text,
  objective_id: integer,
  beneficiary: text,
  quality_gate_ppm: integer,
  baseline_ppm: integer,
  quality_ppm: integer,
  impact_micro: integer,
  weight: integer,
  passed: flag,
  reason: text,
  emission: flag,
});

/** A round of contributions that are valued together: `valuing`, `valued` or `failed`. Lists of ids are joined by commas. */
export const valuationRoundChanged = defineEvent('valuation_round_changed', {
  round_id: integer,
  objective_id: integer,
  shard_round: integer,
  status: text,
  task_id: integer,
  contributions: text,
  left_out: text,
  utility_micro: integer,
  net_rows_micro: integer,
  usual_rows_micro: integer,
});

/** A round decided a contribution's weight. */
export const valuationWeighed = defineEvent('valuation_weighed', {
  contribution_id: integer,
  round_id: integer,
  /** 10^-12 */
  value: integer,
  weight: integer,
  passed: flag,
  reason: text,
});

/** The weight became final; `emission` says whether rewards took it. */
export const valuationSettled = defineEvent('valuation_settled', {
  contribution_id: integer,
  beneficiary: text,
  weight: integer,
  emission: flag,
});

/** Part of a settled contribution's reward that goes to the contributor of a parent. */
export const valuationParentShare = defineEvent('valuation_parent_share', {
  contribution_id: integer,
  address: text,
  share_ppm: integer,
});

/** An address's whole record after a change. */
export const reputationChanged = defineEvent('reputation_changed', {
  address: text,
  accepted: integer,
  rejected: integer,
  weight: integer,
  seats_served: integer,
  seats_missed: integer,
  disputes_won: integer,
  disputes_lost: integer,
});

/** For the indexer: every event of this module. */
export const valuationEvents = [
  valuationRoundChanged,
  valuationWeighed,
  valuationComputed,
  valuationSettled,
  valuationParentShare,
  reputationChanged,
] as const;
