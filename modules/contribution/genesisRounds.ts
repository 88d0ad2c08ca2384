/** Rounds and streams in protobuf's JSON, both ways, and the indexes that follow from them. */
import type { Context } from '../../chain/context.ts';
import type { JsonNode } from '../../chain/json/node.ts';
import {
  type Contribution,
  ContributionStatus,
  type Round,
  RoundStatus,
  type Stream,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import { bytesText, enumOf } from './genesisFields.ts';
import * as state from './state.ts';
import { enumName } from './words.ts';

export function readRound(node: JsonNode): Round {
  const digits = (name: string) => {
    const text = node.field(name).textOr('0');
    return /^(0|[1-9]\d{0,77})$/.test(text) ? text : node.field(name).fail('not an unsigned integer');
  };
  return {
    objectiveId: node.field('objective_id').u64(),
    number: node.field('number').u64(),
    endHeight: node.field('end_height').u64(0n),
    status: enumOf(node.field('status'), RoundStatus),
    contributions: node.field('contributions').u64(0n),
    undecided: node.field('undecided').u64(0n),
    weight: digits('weight'),
    budget: digits('budget'),
    held: digits('held'),
    deposits: digits('deposits'),
    cursor: node.field('cursor').u64(0n),
  };
}

/** `due` is the height at which the round is looked at next, if there is one. */
export function writeRound(ctx: Context, round: Round) {
  const due = [...state.roundsDue.walk(ctx)].find(([, objective, number]) => {
    return objective === round.objectiveId && number === round.number;
  });
  return {
    objective_id: round.objectiveId.toString(),
    number: round.number.toString(),
    end_height: round.endHeight.toString(),
    status: enumName(RoundStatus, round.status),
    contributions: round.contributions.toString(),
    undecided: round.undecided.toString(),
    weight: round.weight,
    budget: round.budget,
    held: round.held,
    deposits: round.deposits,
    cursor: round.cursor.toString(),
    due_height: (due?.[0] ?? 0n).toString(),
    active: state.activeRounds.has(ctx, [round.objectiveId, round.number]),
  };
}

export function restoreRound(ctx: Context, node: JsonNode): void {
  const round = readRound(node);
  const key = [round.objectiveId, round.number] as const;
  if (!state.objectives.has(ctx, round.objectiveId)) node.field('objective_id').fail('no such objective');
  if (state.rounds.has(ctx, key)) node.field('number').fail('stands twice');
  state.rounds.set(ctx, key, round);
  const due = node.field('due_height').u64(0n);
  if (due > 0n) state.roundsDue.add(ctx, [due, ...key]);
  if (node.field('active').flagOr(false)) state.activeRounds.add(ctx, key);
}

/** What a contribution means for rounds, versions and work; `waits` for the shard of its round. */
export function restoreLinks(ctx: Context, contribution: Contribution, waits: boolean): void {
  const { id, objectiveId, previousVersion, round, work } = contribution;
  state.byRound.add(ctx, [objectiveId, round, id]);
  if (waits) state.waiting.add(ctx, [objectiveId, round, id]);
  if (previousVersion > 0n) state.nextVersions.set(ctx, previousVersion, id);
  const withdrawn = contribution.status === ContributionStatus.CONTRIBUTION_STATUS_WITHDRAWN;
  if (work !== undefined && !withdrawn) state.spentWork.set(ctx, [work.runId, work.firstUnit], id);
}

export function readStream(node: JsonNode): Stream {
  return {
    id: node.field('id').u64(),
    owner: node.field('owner').text(),
    versions: node.field('versions').u64(),
    sizeBytes: node.field('size_bytes').u64(),
    root: node.field('root').bytes(),
    frontier: node
      .field('frontier')
      .list()
      .map((hash) => hash.bytes()),
    lastContribution: node.field('last_contribution').u64(),
    lastHeight: node.field('last_height').u64(),
    devices: node
      .field('devices')
      .list()
      .map((device) => device.text()),
  };
}

export function writeStream(stream: Stream) {
  return {
    id: stream.id.toString(),
    owner: stream.owner,
    versions: stream.versions.toString(),
    size_bytes: stream.sizeBytes.toString(),
    root: bytesText(stream.root),
    frontier: stream.frontier.map(bytesText),
    last_contribution: stream.lastContribution.toString(),
    last_height: stream.lastHeight.toString(),
    devices: stream.devices,
  };
}
