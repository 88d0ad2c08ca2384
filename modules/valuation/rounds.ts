/**
 * Contributions that are valued together. Those whose verdict stands wait in a queue for each objective and shard; when its
 * time has come they become a round, whose task goes to the verifiers, and whose metrics decide all their weights at once.
 */
import type { Context } from '../../chain/context.ts';
import {
  type RoundMember,
  type RoundQueue,
  type ValuationRound,
  ValuationRoundStatus,
} from '../../proto/generated/infinet/valuation/v1/round.ts';
import type { Metric, Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';
import { valuationRoundChanged, valuationWeighed } from './events.ts';
import { metricValue, roundWeight, usualRowsAfter, valueMetric } from './formulas.ts';
import * as state from './state.ts';

const { VALUATION_ROUND_STATUS_VALUING: VALUING } = ValuationRoundStatus;
const { VALUATION_ROUND_STATUS_VALUED: VALUED, VALUATION_ROUND_STATUS_FAILED: FAILED } = ValuationRoundStatus;

/** Contributions that one task values; an attestation has room for so many. */
export const MEMBERS_PER_ROUND = 32;
/** Tasks that may end without values, contributions that could not be had aside. */
const MAX_ATTEMPTS = 3;
/** Rounds that one block opens. */
const ROUNDS_PER_BLOCK = 16;

/** Verification: opens the task whose outcome comes back through `Rounds.assessed`. */
export interface RoundAssessor {
  requestRound(ctx: Context, roundId: bigint, objectiveId: bigint): bigint;
}

/** What the seats found out. */
export interface RoundOutcome {
  readonly valued: boolean;
  readonly metrics: readonly Metric[];
  /** A member that could not be had. */
  readonly unavailable?: bigint;
}

export class Rounds {
  readonly #assessor: RoundAssessor;

  constructor(assessor: RoundAssessor) {
    this.#assessor = assessor;
  }

  /** Queues a contribution, once. Returns the height at which to ask for its value again. */
  wait(ctx: Context, { contributionId, objectiveId, roundId, shardRound }: Valuation): bigint {
    const { roundBlocks } = state.params.require(ctx);
    const key = [objectiveId, shardRound] as const;
    const before = state.queues.get(ctx, key);
    const queue: RoundQueue = before ?? { objectiveId, shardRound, roundId: 0n, dueHeight: 0n, contributions: [] };
    const again = ctx.block.height + (roundBlocks + 7n) / 8n;
    if (roundId > 0n || queue.contributions.includes(contributionId)) return again;
    const waiting = { ...queue, contributions: [...queue.contributions, contributionId] };
    state.queues.set(ctx, key, before === undefined ? this.#schedule(ctx, waiting) : waiting);
    return again;
  }

  #schedule(ctx: Context, queue: RoundQueue): RoundQueue {
    const dueHeight = ctx.block.height + state.params.require(ctx).roundBlocks;
    state.queuesDue.add(ctx, [dueHeight, queue.objectiveId, queue.shardRound]);
    return { ...queue, roundId: 0n, dueHeight };
  }

  /** Opens the rounds whose time has come. */
  endBlock(ctx: Context): void {
    const due: (readonly [bigint, bigint, bigint])[] = [];
    for (const entry of state.queuesDue.walk(ctx)) {
      if (entry[0] > ctx.block.height || due.length === ROUNDS_PER_BLOCK) break;
      due.push(entry);
    }
    for (const [height, objectiveId, shardRound] of due) {
      state.queuesDue.remove(ctx, [height, objectiveId, shardRound]);
      const queue = state.queues.get(ctx, [objectiveId, shardRound]);
      if (queue === undefined) throw new Error(`a queue of objective ${objectiveId} is due but does not exist`);
      this.#open(ctx, queue);
    }
  }

  #open(ctx: Context, queue: RoundQueue): void {
    const { objectiveId, shardRound } = queue;
    const ids = [...queue.contributions].sort((a, b) => (a < b ? -1 : 1)).slice(0, MEMBERS_PER_ROUND);
    const id = state.roundIds.next(ctx);
    const valuations = ids.map((contribution) => state.requireValuation(ctx, contribution));
    const opened: ValuationRound = {
      id,
      objectiveId,
      shardRound,
      status: VALUING,
      members: valuations.map(({ beneficiary, contributionId }) => ({
        contributionId,
        contributor: beneficiary,
        leftOut: false,
      })),
      taskId: 0n,
      attempts: 0,
      openedHeight: ctx.block.height,
      valuedHeight: 0n,
      baselinePpm: valuations[0]?.baselinePpm ?? 0n,
      usualRowsMicro: usualRows(ctx, objectiveId),
      metrics: [],
    };
    for (const valuation of valuations) {
      state.valuations.set(ctx, valuation.contributionId, { ...valuation, roundId: id });
    }
    const left = queue.contributions.filter((contribution) => !ids.includes(contribution));
    state.queues.set(ctx, [objectiveId, shardRound], { ...queue, roundId: id, dueHeight: 0n, contributions: left });
    this.#request(ctx, opened);
  }

  #request(ctx: Context, round: ValuationRound): void {
    // The round must be there before the task is: verification asks whose work it holds.
    state.rounds.set(ctx, round.id, round);
    const taskId = this.#assessor.requestRound(ctx, round.id, round.objectiveId);
    const requested = { ...round, taskId, attempts: round.attempts + 1 };
    state.rounds.set(ctx, round.id, requested);
    tell(ctx, requested);
  }

  /** Takes the outcome of a round's task. */
  assessed(ctx: Context, id: bigint, { metrics, unavailable, valued }: RoundOutcome): void {
    const round = state.rounds.get(ctx, id);
    if (round === undefined || round.status !== VALUING) throw new Error(`round ${id} is not being valued`);
    const missing = round.members.find(({ contributionId, leftOut }) => contributionId === unavailable && !leftOut);
    if (valued) this.#value(ctx, round, metrics);
    else if (missing !== undefined) this.#leaveOut(ctx, round, missing);
    else if (round.attempts < MAX_ATTEMPTS) this.#request(ctx, round);
    else this.#close(ctx, { ...round, status: FAILED });
  }

  /** The others are valued without it, if there are others. */
  #leaveOut(ctx: Context, round: ValuationRound, missing: RoundMember): void {
    const members = round.members.map((member) => (member === missing ? { ...member, leftOut: true } : member));
    if (members.every(({ leftOut }) => leftOut)) this.#close(ctx, { ...round, members, status: VALUED });
    else this.#request(ctx, { ...round, members, attempts: 0 });
  }

  #value(ctx: Context, round: ValuationRound, metrics: readonly Metric[]): void {
    const netRows = metricValue(metrics, 'net_rows_micro') ?? 0n;
    const rowsMicro = usualRowsAfter(round.usualRowsMicro, netRows);
    state.usualRows.set(ctx, round.objectiveId, { objectiveId: round.objectiveId, rowsMicro });
    this.#close(ctx, { ...round, status: VALUED, metrics: [...metrics] });
  }

  #close(ctx: Context, round: ValuationRound): void {
    const closed = { ...round, valuedHeight: ctx.block.height };
    state.rounds.set(ctx, round.id, closed);
    for (const member of closed.members) weigh(ctx, closed, member);
    tell(ctx, closed);
    const key = [round.objectiveId, round.shardRound] as const;
    const queue = state.queues.get(ctx, key);
    if (queue === undefined) throw new Error(`round ${round.id} has no queue`);
    if (queue.contributions.length === 0) state.queues.remove(ctx, key);
    else state.queues.set(ctx, key, this.#schedule(ctx, queue));
  }
}

function weigh(ctx: Context, round: ValuationRound, { contributionId }: RoundMember): void {
  const valuation = state.requireValuation(ctx, contributionId);
  const result = roundWeight(round, contributionId);
  state.valuations.set(ctx, contributionId, { ...valuation, ...result });
  ctx.log.emit(
    valuationWeighed.encode({
      contribution_id: contributionId,
      round_id: round.id,
      value: metricValue(round.metrics, valueMetric(contributionId)) ?? 0n,
      weight: result.weight,
      passed: result.passed,
      reason: result.reason,
    }),
  );
}

function usualRows(ctx: Context, objectiveId: bigint): bigint {
  return state.usualRows.get(ctx, objectiveId)?.rowsMicro ?? state.params.require(ctx).usualRows * 1_000_000n;
}

const statusWords: Readonly<Record<number, string>> = { [VALUING]: 'valuing', [VALUED]: 'valued', [FAILED]: 'failed' };

function tell(ctx: Context, round: ValuationRound): void {
  const metric = (name: string): bigint => metricValue(round.metrics, name) ?? 0n;
  ctx.log.emit(
    valuationRoundChanged.encode({
      round_id: round.id,
      objective_id: round.objectiveId,
      shard_round: round.shardRound,
      status: statusWords[round.status] ?? 'unspecified',
      task_id: round.taskId,
      contributions: round.members.map(({ contributionId }) => contributionId).join(','),
      left_out: round.members.flatMap((one) => (one.leftOut ? [one.contributionId] : [])).join(','),
      utility_micro: metric('utility_micro'),
      net_rows_micro: metric('net_rows_micro'),
      usual_rows_micro: round.usualRowsMicro,
    }),
  );
}
