import { boolean, index, integer as int, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, hex, instant, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

/** What contributions are valued against. */
export const objectives = schema.table('objectives', {
  id: count('id').primaryKey(),
  /** Empty for objectives of the genesis. */
  creator: text('creator').notNull(),
  title: text('title').notNull(),
  kind: text('kind').notNull(),
  metric: text('metric').notNull(),
  learner: text('learner').notNull(),
  listed: boolean('listed').notNull(),
  qualityGatePpm: integer('quality_gate_ppm').notNull(),
  baselinePpm: integer('baseline_ppm').notNull(),
  /** Coins as text, like `bond` and `refunded`. */
  budget: text('budget').notNull(),
  bond: text('bond').notNull(),
  refunded: text('refunded').notNull(),
  /** 0 means no end. */
  deadlineHeight: integer('deadline_height').notNull(),
  status: text('status').notNull(),
  createdHeight: count('created_height').notNull(),
});

export const contributions = schema.table(
  'contributions',
  {
    id: count('id').primaryKey(),
    contributor: text('contributor').notNull(),
    objectiveId: count('objective_id').notNull(),
    kind: text('kind').notNull(),
    root: hex('root').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    mediaType: text('media_type').notNull(),
    title: text('title').notNull(),
    license: text('license').notNull(),
    visibility: text('visibility').notNull(),
    uris: jsonb('uris').$type<readonly string[]>().notNull(),
    status: text('status').notNull(),
    accepted: boolean('accepted').notNull(),
    reason: text('reason').notNull(),
    /** Coins as text. */
    deposit: text('deposit').notNull(),
    /** `held`, `returned` or `forfeited`. */
    depositState: text('deposit_state').notNull(),
    /** 0 before there is one. */
    taskId: count('task_id').notNull(),
    /** The training run that it came from, or 0. */
    runId: count('run_id').notNull(),
    txHash: hex('tx_hash'),
    submittedHeight: count('submitted_height').notNull(),
    submittedTime: instant('submitted_time').notNull(),
    statusHeight: count('status_height').notNull(),
    statusTime: instant('status_time').notNull(),
  },
  (table) => [
    index('contributions_contributor').on(table.contributor, table.id),
    index('contributions_objective').on(table.objectiveId, table.id),
    index('contributions_status').on(table.status, table.id),
    index('contributions_root').on(table.root),
    index('contributions_run').on(table.runId),
  ],
);

/** Contributions that are valued and paid together. */
export const objectiveRounds = schema.table(
  'objective_rounds',
  {
    objectiveId: count('objective_id').notNull(),
    round: count('round').notNull(),
    /** `open`, `shard`, `deciding`, `paying`, `settled` or `refused`. */
    status: text('status').notNull(),
    endHeight: integer('end_height').notNull(),
    contributions: count('contributions').notNull(),
    weight: integer('weight').notNull(),
    /** Coins as text. */
    budget: text('budget').notNull(),
    paid: text('paid').notNull(),
    /** Of the shard that was opened; empty before. */
    shardRoot: hex('shard_root').notNull(),
    shardUris: jsonb('shard_uris').$type<readonly string[]>().notNull(),
    statusHeight: count('status_height').notNull(),
  },
  (table) => [primaryKey({ columns: [table.objectiveId, table.round] })],
);

/** What an objective's escrow paid for a contribution. */
export const contributionPayments = schema.table(
  'contribution_payments',
  {
    contributionId: count('contribution_id').notNull(),
    height: count('height').notNull(),
    position: int('position').notNull(),
    objectiveId: count('objective_id').notNull(),
    round: count('round').notNull(),
    beneficiary: text('beneficiary').notNull(),
    /** `reward`, `parent` or `refused_shard`. */
    reason: text('reason').notNull(),
    amount: text('amount').notNull(),
  },
  (table) => [primaryKey({ columns: [table.contributionId, table.height, table.position] })],
);

export const contributionAppeals = schema.table('contribution_appeals', {
  contributionId: count('contribution_id').primaryKey(),
  appellant: text('appellant').notNull(),
  deposit: text('deposit').notNull(),
  taskId: count('task_id').notNull(),
  /** `open`, `overturned`, `upheld`, `undecided` or `dropped`. */
  result: text('result').notNull(),
  height: count('height').notNull(),
});

/** Versions after the first one. */
export const contributionVersions = schema.table(
  'contribution_versions',
  {
    contributionId: count('contribution_id').primaryKey(),
    previousId: count('previous_id').notNull(),
    version: count('version').notNull(),
    /** 0 outside streams. */
    streamId: count('stream_id').notNull(),
    streamRoot: hex('stream_root').notNull(),
  },
  (table) => [
    index('contribution_versions_stream').on(table.streamId, table.version),
    index('contribution_versions_previous').on(table.previousId),
  ],
);

/** A measured property, as the verifiers agreed on it. */
export const contributionMetrics = schema.table(
  'contribution_metrics',
  {
    contributionId: count('contribution_id').notNull(),
    name: text('name').notNull(),
    value: integer('value').notNull(),
  },
  (table) => [primaryKey({ columns: [table.contributionId, table.name] })],
);

/** Edges of the provenance graph. */
export const contributionParents = schema.table(
  'contribution_parents',
  {
    contributionId: count('contribution_id').notNull(),
    parentId: count('parent_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.contributionId, table.parentId] }),
    index('contribution_parents_parent').on(table.parentId, table.contributionId),
  ],
);

export const contributionSimilarities = schema.table(
  'contribution_similarities',
  {
    contributionId: count('contribution_id').notNull(),
    otherId: count('other_id').notNull(),
    similarityPpm: count('similarity_ppm').notNull(),
  },
  (table) => [primaryKey({ columns: [table.contributionId, table.otherId] })],
);

/** Every step of each life cycle. */
export const contributionSteps = schema.table(
  'contribution_steps',
  {
    contributionId: count('contribution_id').notNull(),
    height: count('height').notNull(),
    position: int('position').notNull(),
    previous: text('previous').notNull(),
    status: text('status').notNull(),
    reason: text('reason').notNull(),
    time: instant('time').notNull(),
  },
  (table) => [primaryKey({ columns: [table.contributionId, table.height, table.position] })],
);
