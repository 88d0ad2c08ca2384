import { z } from 'zod';
import * as contribution from '../../../modules/contribution/events.ts';
import { hexText } from '../../hex.ts';
import { on, type View } from '../view.ts';
import {
  contributionAppeals,
  contributionMetrics,
  contributionParents,
  contributionPayments,
  contributionSimilarities,
  contributionSteps,
  contributions,
  contributionVersions,
  objectiveRounds,
  objectives,
} from './tables.ts';

export const contributionsView: View = {
  name: 'contributions',
  version: 2,
  tables: [
    objectives,
    objectiveRounds,
    contributionAppeals,
    contributionPayments,
    contributionVersions,
    contributions,
    contributionMetrics,
    contributionParents,
    contributionSimilarities,
    contributionSteps,
  ],
  events: [
    on(contribution.objectiveCreated, (event, { height }, changes) =>
      changes.put(objectives, {
        id: Number(event.objective_id),
        creator: event.creator,
        title: event.title,
        kind: event.kind,
        metric: event.metric,
        learner: event.learner,
        listed: event.listed,
        qualityGatePpm: event.quality_gate_ppm.toString(),
        baselinePpm: event.baseline_ppm.toString(),
        budget: event.budget,
        bond: event.bond,
        refunded: '',
        deadlineHeight: event.deadline_height.toString(),
        status: 'open',
        createdHeight: height,
      }),
    ),
    on(contribution.objectiveClosed, ({ objective_id, status, refunded }, _, changes) =>
      changes.update(objectives, { id: Number(objective_id), status, refunded }),
    ),
    on(contribution.roundChanged, (event, { height }, changes) => {
      const key = { objectiveId: Number(event.objective_id), round: Number(event.round) };
      const step = {
        status: event.status,
        contributions: Number(event.contributions),
        weight: event.weight.toString(),
        budget: event.budget,
        paid: event.paid,
        statusHeight: height,
      };
      if (event.status !== 'open') changes.update(objectiveRounds, { ...key, ...step });
      else {
        const endHeight = event.end_height.toString();
        changes.put(objectiveRounds, { ...key, ...step, endHeight, shardRoot: '', shardUris: [] });
      }
    }),
    on(contribution.shardOpened, ({ objective_id, root, round, uris }, _, changes) =>
      changes.update(objectiveRounds, {
        objectiveId: Number(objective_id),
        round: Number(round),
        shardRoot: hexText(root),
        shardUris: readUris(uris),
      }),
    ),
    on(contribution.contributionPaid, (event, { height, position }, changes) =>
      changes.insert(contributionPayments, {
        contributionId: Number(event.contribution_id),
        height,
        position,
        objectiveId: Number(event.objective_id),
        round: Number(event.round),
        beneficiary: event.beneficiary,
        reason: event.reason,
        amount: event.amount,
      }),
    ),
    on(contribution.contributionAppealed, (event, { height }, changes) =>
      changes.put(contributionAppeals, {
        contributionId: Number(event.contribution_id),
        appellant: event.appellant,
        deposit: event.deposit,
        taskId: Number(event.task_id),
        result: event.result,
        height,
      }),
    ),
    on(contribution.contributionVersion, (event, _, changes) =>
      changes.put(contributionVersions, {
        contributionId: Number(event.contribution_id),
        previousId: Number(event.previous_id),
        version: Number(event.version),
        streamId: Number(event.stream_id),
        streamRoot: hexText(event.stream_root),
      }),
    ),
    on(contribution.contributionSubmitted, (event, { height, time, txHash }, changes) =>
      changes.insert(contributions, {
        id: Number(event.contribution_id),
        contributor: event.contributor,
        objectiveId: Number(event.objective_id),
        kind: event.kind,
        root: hexText(event.root),
        sizeBytes: event.size_bytes.toString(),
        mediaType: event.media_type,
        title: event.title,
        license: event.license,
        visibility: event.visibility,
        uris: readUris(event.uris),
        status: 'submitted',
        accepted: false,
        reason: '',
        deposit: event.deposit,
        depositState: 'held',
        taskId: 0,
        runId: Number(event.run_id),
        txHash,
        submittedHeight: height,
        submittedTime: time,
        statusHeight: height,
        statusTime: time,
      }),
    ),
    on(contribution.contributionParent, ({ contribution_id, parent_id }, _, changes) =>
      changes.ensure(contributionParents, { contributionId: Number(contribution_id), parentId: Number(parent_id) }),
    ),
    on(contribution.contributionSimilar, ({ contribution_id, other_id, similarity_ppm }, _, changes) =>
      changes.put(contributionSimilarities, {
        contributionId: Number(contribution_id),
        otherId: Number(other_id),
        similarityPpm: Number(similarity_ppm),
      }),
    ),
    on(contribution.contributionStatusChanged, (event, { height, position, time }, changes) => {
      const { status, accepted, reason } = event;
      const contributionId = Number(event.contribution_id);
      const taskId = Number(event.task_id);
      changes.insert(contributionSteps, {
        contributionId,
        height,
        position,
        previous: event.previous,
        status,
        reason,
        time,
      });
      const step = { status, accepted, reason, taskId, statusHeight: height, statusTime: time };
      changes.update(contributions, { id: contributionId, ...step });
    }),
    on(contribution.contributionMetric, ({ contribution_id, name, value }, _, changes) =>
      changes.put(contributionMetrics, { contributionId: Number(contribution_id), name, value: value.toString() }),
    ),
    on(contribution.contributionDeposit, ({ contribution_id, action }, _, changes) =>
      changes.update(contributions, { id: Number(contribution_id), depositState: action }),
    ),
    on(contribution.manifestUpdated, ({ contribution_id, uris }, _, changes) =>
      changes.update(contributions, { id: Number(contribution_id), uris: readUris(uris) }),
    ),
  ],
  genesis: (appState, { height }, changes) => {
    genesisShape.parse(appState.contribution ?? {}).objectives.forEach((objective, index) => {
      changes.insert(objectives, {
        id: objective.id === undefined ? index + 1 : Number(objective.id),
        creator: objective.creator,
        title: objective.title,
        kind: objective.kind.replace('CONTRIBUTION_KIND_', '').toLowerCase(),
        metric: objective.metric,
        learner: objective.learner,
        listed: objective.listed,
        qualityGatePpm: objective.quality_gate_ppm,
        baselinePpm: objective.baseline_ppm,
        budget: coinText(objective.budget),
        bond: coinText(objective.bond),
        refunded: '',
        deadlineHeight: objective.deadline_height,
        status: 'open',
        createdHeight: height,
      });
    });
  },
};

const coin = z.object({ denom: z.string(), amount: z.string() }).optional();
const integerText = z.coerce.string().default('0');
const genesisShape = z.object({
  objectives: z
    .array(
      z.object({
        id: z.coerce.string().optional(),
        creator: z.string().default(''),
        title: z.string(),
        kind: z.coerce.string(),
        metric: z.string(),
        learner: z.string().default(''),
        listed: z.boolean().default(true),
        quality_gate_ppm: integerText,
        baseline_ppm: integerText,
        budget: coin,
        bond: coin,
        deadline_height: integerText,
      }),
    )
    .default([]),
});

const uriList = z.array(z.string());

function readUris(json: string): readonly string[] {
  return uriList.parse(JSON.parse(json));
}

function coinText(value: z.infer<typeof coin>): string {
  return value === undefined ? '' : `${value.amount}${value.denom}`;
}
