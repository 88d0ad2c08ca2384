import { boolean, index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, hex, instant, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

/** A measured property; the value is an integer, mostly in 10^-6. */
export interface Metric {
  readonly name: string;
  readonly value: string;
}

export const verifiers = schema.table('verifiers', {
  /** Account address of the validator's operator. */
  operator: text('operator').primaryKey(),
  worker: text('worker').notNull(),
  vrfPublicKey: hex('vrf_public_key').notNull(),
  backend: text('backend').notNull(),
  paused: boolean('paused').notNull(),
  /** From where on the keys count. */
  effectiveHeight: count('effective_height').notNull(),
  registeredHeight: count('registered_height').notNull(),
});

export const verifierSlashes = schema.table(
  'verifier_slashes',
  {
    operator: text('operator').notNull(),
    taskId: count('task_id').notNull(),
    runId: count('run_id').notNull(),
    unit: integer('unit').notNull(),
    fractionPpm: count('fraction_ppm').notNull(),
    amount: integer('amount').notNull(),
    height: count('height').notNull(),
  },
  (table) => [primaryKey({ columns: [table.operator, table.taskId, table.unit] })],
);

export const tasks = schema.table(
  'tasks',
  {
    id: count('id').primaryKey(),
    /** `contribution` or `run`. */
    subject: text('subject').notNull(),
    subjectId: count('subject_id').notNull(),
    objectiveId: count('objective_id').notNull(),
    owner: text('owner').notNull(),
    phase: text('phase').notNull(),
    beaconRound: count('beacon_round').notNull(),
    deadline: count('deadline').notNull(),
    redraws: count('redraws').notNull(),
    /** Empty until it is decided. */
    outcome: text('outcome').notNull(),
    metrics: jsonb('metrics').$type<readonly Metric[]>().notNull(),
    seatsAnswered: count('seats_answered').notNull(),
    seatsAgreed: count('seats_agreed').notNull(),
    createdHeight: count('created_height').notNull(),
    decidedHeight: count('decided_height'),
  },
  (table) => [
    index('tasks_subject').on(table.subject, table.subjectId),
    index('tasks_phase').on(table.phase, table.id),
  ],
);

/** One seat of a task with what its verifier said. A task that is drawn anew gives seats again. */
export const attestations = schema.table(
  'attestations',
  {
    taskId: count('task_id').notNull(),
    operator: text('operator').notNull(),
    seat: count('seat').notNull(),
    worker: text('worker').notNull(),
    backend: text('backend').notNull(),
    /** Whose seat it took over, or empty. */
    replaces: text('replaces').notNull(),
    /** assigned, acked, unavailable, committed, revealed or missed. */
    state: text('state').notNull(),
    commitment: hex('commitment').notNull(),
    /** Empty until it is revealed. */
    verdict: text('verdict').notNull(),
    metrics: jsonb('metrics').$type<readonly Metric[]>().notNull(),
    traceRoot: hex('trace_root').notNull(),
    badUnit: integer('bad_unit').notNull(),
    units: jsonb('units').$type<readonly string[]>().notNull(),
    /** Fee that it was paid, for runs. */
    paid: integer('paid').notNull(),
    assignedHeight: count('assigned_height').notNull(),
    revealedHeight: count('revealed_height'),
    revealTxHash: hex('reveal_tx_hash'),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.operator] }),
    index('attestations_operator').on(table.operator, table.taskId),
  ],
);

export const runs = schema.table(
  'runs',
  {
    id: count('id').primaryKey(),
    trainer: text('trainer').notNull(),
    objectiveId: count('objective_id').notNull(),
    /** registered, seeded, committed, accepted, rejected, expired or slashed. */
    status: text('status').notNull(),
    reason: text('reason').notNull(),
    specHash: hex('spec_hash').notNull(),
    dataContributionId: count('data_contribution_id').notNull(),
    dataRoot: hex('data_root').notNull(),
    records: integer('records').notNull(),
    stake: integer('stake').notNull(),
    fee: integer('fee').notNull(),
    attempt: count('attempt').notNull(),
    units: integer('units').notNull(),
    unitFlop: integer('unit_flop').notNull(),
    seedRound: count('seed_round').notNull(),
    seed: hex('seed').notNull(),
    stepRoot: hex('step_root').notNull(),
    finalRoot: hex('final_root').notNull(),
    /** Where its artifacts are served. */
    uris: jsonb('uris').$type<readonly string[]>().notNull(),
    taskId: count('task_id').notNull(),
    accuracyPpm: integer('accuracy_ppm'),
    /** The model that came of it, or 0. */
    modelContributionId: count('model_contribution_id').notNull(),
    stakeReturned: integer('stake_returned').notNull(),
    stakeBurned: integer('stake_burned').notNull(),
    feePaid: integer('fee_paid').notNull(),
    /** Slashed because the chain itself found a unit wrong, not for a missed move. */
    proven: boolean('proven').notNull(),
    challenger: text('challenger').notNull(),
    challengerReward: integer('challenger_reward').notNull(),
    txHash: hex('tx_hash'),
    registeredHeight: count('registered_height').notNull(),
    registeredTime: instant('registered_time').notNull(),
    statusHeight: count('status_height').notNull(),
  },
  (table) => [
    index('runs_trainer').on(table.trainer, table.id),
    index('runs_objective').on(table.objectiveId, table.id),
    index('runs_status').on(table.status, table.id),
  ],
);
