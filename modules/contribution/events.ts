/** Typed events of this module; the indexer decodes them with the same declarations. */
import { defineEvent, flag, hex, integer, text } from '../../chain/events.ts';

/** `kind` and `status` are the enum's names in lower case without prefix: `data`, `assessing`. Addresses are Bech32. */
export const objectiveCreated = defineEvent('objective_created', {
  objective_id: integer,
  /** Empty for objectives of genesis. */
  creator: text,
  title: text,
  kind: text,
  metric: text,
  learner: text,
  listed: flag,
  quality_gate_ppm: integer,
  baseline_ppm: integer,
  /** Like `500uinf`. */
  budget: text,
  bond: text,
  deadline_height: integer,
});

export const objectiveClosed = defineEvent('objective_closed', {
  objective_id: integer,
  /** `closed` by its deadline, or `cancelled`. */
  status: text,
  creator: text,
  refunded: text,
});

/** A round's step: `open`, `shard`, `deciding`, `paying`, `settled` or `refused`. */
export const roundChanged = defineEvent('objective_round_changed', {
  objective_id: integer,
  round: integer,
  status: text,
  end_height: integer,
  contributions: integer,
  /** Sum of the final weights, in 10^-6. */
  weight: integer,
  /** Coins as text. */
  budget: text,
  paid: text,
});

/** The shard that a round's contributions are measured on. */
export const shardOpened = defineEvent('objective_shard_opened', {
  objective_id: integer,
  round: integer,
  root: hex,
  size_bytes: integer,
  /** JSON list of texts. */
  uris: text,
});

/** Money from an objective's escrow: its budget for a weight, or its bond for a shard that stayed closed. */
export const contributionPaid = defineEvent('contribution_paid', {
  objective_id: integer,
  round: integer,
  contribution_id: integer,
  beneficiary: text,
  /** `reward`, `parent` or `refused_shard`. */
  reason: text,
  amount: text,
});

export const contributionCommitted = defineEvent('contribution_committed', {
  contributor: text,
  commitment: hex,
  expires_height: integer,
});

export const commitmentExpired = defineEvent('contribution_commitment_expired', {
  contributor: text,
  commitment: hex,
});

/** Everything of a new contribution that a reader needs; a `contribution_status_changed` follows. */
export const contributionSubmitted = defineEvent('contribution_submitted', {
  contribution_id: integer,
  contributor: text,
  objective_id: integer,
  kind: text,
  root: hex,
  size_bytes: integer,
  media_type: text,
  title: text,
  license: text,
  visibility: text,
  /** JSON list of texts. */
  uris: text,
  /** Ids joined by commas, empty without parents. */
  parents: text,
  deposit: text,
  committed_height: integer,
  /** Training run that it came from, or 0. */
  run_id: integer,
});

/** One for each edge of the provenance graph. */
export const contributionParent = defineEvent('contribution_parent', {
  contribution_id: integer,
  parent_id: integer,
});

export const contributionSimilar = defineEvent('contribution_similar', {
  contribution_id: integer,
  other_id: integer,
  similarity_ppm: integer,
});

/** Every step of the life cycle, the first one from `unspecified`. */
export const contributionStatusChanged = defineEvent('contribution_status_changed', {
  contribution_id: integer,
  contributor: text,
  objective_id: integer,
  kind: text,
  root: hex,
  previous: text,
  status: text,
  accepted: flag,
  reason: text,
  /** Verification task, or 0. */
  task_id: integer,
});

/** One measured property, as the verifiers agreed on it. */
export const contributionMetric = defineEvent('contribution_metric', {
  contribution_id: integer,
  name: text,
  value: integer,
});

export const contributionDeposit = defineEvent('contribution_deposit', {
  contribution_id: integer,
  contributor: text,
  /** `returned` or `forfeited`. */
  action: text,
  amount: text,
});

/** An appeal was made (`open`) or is over; `result` as in the record. */
export const contributionAppealed = defineEvent('contribution_appealed', {
  contribution_id: integer,
  appellant: text,
  deposit: text,
  task_id: integer,
  result: text,
});

/** A new version of a stream of records, or of any contribution. */
export const contributionVersion = defineEvent('contribution_version', {
  contribution_id: integer,
  previous_id: integer,
  version: integer,
  /** 0 outside streams. */
  stream_id: integer,
  /** Merkle root over the versions of the stream; empty outside streams. */
  stream_root: hex,
});

export const streamDevicesChanged = defineEvent('stream_devices_changed', {
  stream_id: integer,
  owner: text,
  /** Addresses joined by commas. */
  devices: text,
});

export const manifestUpdated = defineEvent('contribution_manifest_updated', {
  contribution_id: integer,
  contributor: text,
  uris: text,
});

/** For the indexer: every event of this module. */
export const contributionEvents = [
  objectiveCreated,
  objectiveClosed,
  roundChanged,
  shardOpened,
  contributionPaid,
  contributionCommitted,
  commitmentExpired,
  contributionSubmitted,
  contributionParent,
  contributionSimilar,
  contributionStatusChanged,
  contributionMetric,
  contributionDeposit,
  contributionAppealed,
  contributionVersion,
  streamDevicesChanged,
  manifestUpdated,
] as const;
