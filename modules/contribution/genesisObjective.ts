import type { JsonNode } from '../../chain/json/node.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Objective,
  ObjectiveStatus,
  type OpenedShard,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import * as bounds from './bounds.ts';
import { contributionErrors as errors } from './errors.ts';
import { bytesText, coinOr, enumOf, readArtifact, readCriterion, writeArtifact } from './genesisFields.ts';
import { checkSchema } from './messages.ts';
import { enumName } from './words.ts';

/**
 * An objective needs title, kind and metric; the rest has defaults: the next id, listed, open, no deadline, nothing in
 * escrow. `schema` is the JSON text itself, since its hash is over these very bytes.
 */
export function readObjective(node: JsonNode, nextId: bigint, nothing: Coin): Objective {
  const status = node.field('status');
  const reference = node.field('reference');
  const objective: Objective = {
    id: node.field('id').u64(nextId),
    creator: node.field('creator').textOr(''),
    title: node.field('title').text(),
    kind: enumOf(node.field('kind'), ContributionKind),
    metric: node.field('metric').text(),
    schema: Uint8Array.from(Buffer.from(node.field('schema').textOr(''), 'utf8')),
    holdouts: node.field('holdouts').list().map(readArtifact),
    reference: reference.isAbsent ? undefined : readArtifact(reference),
    learner: node.field('learner').textOr(''),
    qualityGatePpm: node.field('quality_gate_ppm').u64(0n),
    baselinePpm: node.field('baseline_ppm').u64(0n),
    budget: coinOr(node.field('budget'), nothing),
    bond: coinOr(node.field('bond'), nothing),
    deadlineHeight: node.field('deadline_height').u64(0n),
    listed: node.field('listed').flagOr(true),
    status: status.isAbsent ? ObjectiveStatus.OBJECTIVE_STATUS_OPEN : enumOf(status, ObjectiveStatus),
    createdHeight: node.field('created_height').u64(0n),
    contributions: node.field('contributions').u64(0n),
    roundBlocks: node.field('round_blocks').u64(0n),
    shardCommitments: node
      .field('shard_commitments')
      .list()
      .map((commitment) => commitment.bytes()),
    opened: node.field('opened').list().map(readOpened),
    roundBudget: coinOr(node.field('round_budget'), nothing),
    rate: node.field('rate').u64(0n),
    unsettledRounds: node.field('unsettled_rounds').u64(0n),
    rubric: node.field('rubric').list().map(readCriterion),
  };
  node.read(() => checkObjective(objective));
  return objective;
}

function checkObjective(objective: Objective): void {
  const error = errors.invalidObjective;
  bounds.checkTitle(objective.title, error, 'title');
  bounds.checkKind(objective.kind, error);
  bounds.checkWord(objective.metric, error, 'metric');
  checkSchema(objective.schema);
  bounds.checkHoldouts(objective.holdouts, error);
  if (objective.reference !== undefined) bounds.checkArtifact(objective.reference, error, 'reference');
  bounds.checkPpm(objective.qualityGatePpm, error, 'quality_gate_ppm');
  bounds.checkPpm(objective.baselinePpm, error, 'baseline_ppm');
  bounds.checkRounds(objective, error);
  bounds.checkRubric(objective.rubric, objective.kind, error);
}

function readOpened(node: JsonNode): OpenedShard {
  return {
    round: node.field('round').u64(),
    shard: readArtifact(node.field('shard')),
    height: node.field('height').u64(),
  };
}

function writeOpened({ height, round, shard }: OpenedShard) {
  return { round: round.toString(), shard: shard && writeArtifact(shard), height: height.toString() };
}

export function writeObjective(objective: Objective): unknown {
  return {
    id: objective.id.toString(),
    creator: objective.creator,
    title: objective.title,
    kind: enumName(ContributionKind, objective.kind),
    metric: objective.metric,
    schema: Buffer.from(objective.schema).toString('utf8'),
    holdouts: objective.holdouts.map(writeArtifact),
    reference: objective.reference && writeArtifact(objective.reference),
    learner: objective.learner,
    quality_gate_ppm: objective.qualityGatePpm.toString(),
    baseline_ppm: objective.baselinePpm.toString(),
    budget: objective.budget,
    bond: objective.bond,
    deadline_height: objective.deadlineHeight.toString(),
    listed: objective.listed,
    status: enumName(ObjectiveStatus, objective.status),
    created_height: objective.createdHeight.toString(),
    contributions: objective.contributions.toString(),
    round_blocks: objective.roundBlocks.toString(),
    shard_commitments: objective.shardCommitments.map(bytesText),
    opened: objective.opened.map(writeOpened),
    round_budget: objective.roundBudget,
    rate: objective.rate.toString(),
    unsettled_rounds: objective.unsettledRounds.toString(),
    rubric: objective.rubric,
  };
}
