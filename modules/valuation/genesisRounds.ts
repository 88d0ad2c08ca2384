/** Rounds, queues and averages in exported states; a new chain has none. */
import type { Context } from '../../chain/context.ts';
import type { JsonNode } from '../../chain/json/node.ts';
import {
  type RoundQueue,
  type ValuationRound,
  ValuationRoundStatus,
} from '../../proto/generated/infinet/valuation/v1/round.ts';
import { enumOf } from '../contribution/genesisFields.ts';
import { enumName } from '../contribution/words.ts';
import * as state from './state.ts';

export function initRounds(ctx: Context, root: JsonNode): void {
  for (const node of root.field('rounds').list()) {
    const round = readRound(node);
    state.rounds.set(ctx, round.id, round);
    if (round.id >= state.roundIds.peek(ctx)) state.roundIds.set(ctx, round.id + 1n);
  }
  for (const node of root.field('queues').list()) {
    const queue = readQueue(node);
    state.queues.set(ctx, [queue.objectiveId, queue.shardRound], queue);
    if (queue.roundId === 0n) state.queuesDue.add(ctx, [queue.dueHeight, queue.objectiveId, queue.shardRound]);
  }
  for (const node of root.field('usual_rows').list()) {
    const objectiveId = node.field('objective_id').u64();
    state.usualRows.set(ctx, objectiveId, { objectiveId, rowsMicro: node.field('rows_micro').u64() });
  }
}

export function exportRounds(ctx: Context): Record<string, unknown> {
  return {
    rounds: [...state.rounds.walk(ctx)].map(([, round]) => writeRound(round)),
    queues: [...state.queues.walk(ctx)].map(([, queue]) => ({
      objective_id: queue.objectiveId.toString(),
      shard_round: queue.shardRound.toString(),
      round_id: queue.roundId.toString(),
      due_height: queue.dueHeight.toString(),
      contributions: queue.contributions.map(String),
    })),
    usual_rows: [...state.usualRows.walk(ctx)].map(([, { objectiveId, rowsMicro }]) => ({
      objective_id: objectiveId.toString(),
      rows_micro: rowsMicro.toString(),
    })),
  };
}

function readQueue(node: JsonNode): RoundQueue {
  return {
    objectiveId: node.field('objective_id').u64(),
    shardRound: node.field('shard_round').u64(0n),
    roundId: node.field('round_id').u64(0n),
    dueHeight: node.field('due_height').u64(0n),
    contributions: node
      .field('contributions')
      .list()
      .map((id) => id.u64()),
  };
}

function readRound(node: JsonNode): ValuationRound {
  return {
    id: node.field('id').u64(),
    objectiveId: node.field('objective_id').u64(),
    shardRound: node.field('shard_round').u64(0n),
    status: enumOf(node.field('status'), ValuationRoundStatus),
    members: node
      .field('members')
      .list()
      .map((member) => ({
        contributionId: member.field('contribution_id').u64(),
        contributor: member.field('contributor').text(),
        leftOut: member.field('left_out').flagOr(false),
      })),
    taskId: node.field('task_id').u64(),
    attempts: node.field('attempts').u32(),
    openedHeight: node.field('opened_height').u64(),
    valuedHeight: node.field('valued_height').u64(0n),
    baselinePpm: node.field('baseline_ppm').u64(0n),
    usualRowsMicro: node.field('usual_rows_micro').u64(),
    metrics: node
      .field('metrics')
      .list()
      .map((metric) => ({ name: metric.field('name').text(), value: metric.field('value').integer() })),
  };
}

function writeRound(round: ValuationRound): unknown {
  return {
    id: round.id.toString(),
    objective_id: round.objectiveId.toString(),
    shard_round: round.shardRound.toString(),
    status: enumName(ValuationRoundStatus, round.status),
    members: round.members.map(({ contributionId, contributor, leftOut }) => ({
      contribution_id: contributionId.toString(),
      contributor,
      left_out: leftOut,
    })),
    task_id: round.taskId.toString(),
    attempts: round.attempts,
    opened_height: round.openedHeight.toString(),
    valued_height: round.valuedHeight.toString(),
    baseline_ppm: round.baselinePpm.toString(),
    usual_rows_micro: round.usualRowsMicro.toString(),
    metrics: round.metrics.map(({ name, value }) => ({ name, value: value.toString() })),
  };
}
