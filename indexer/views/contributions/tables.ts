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
