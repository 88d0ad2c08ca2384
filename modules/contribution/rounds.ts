/**
 * Rounds of an objective: what is contributed in one is measured on one held-out shard, which is opened after its
 * submissions close, and paid together from the escrow once all of it is final.
 */
import { u64Key } from '../../chain/collections/keys.ts';
import type { Context } from '../../chain/context.ts';
import {
  type Contribution,
  type Objective,
  ObjectiveStatus,
  type Round,
  RoundStatus,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { coinText, type Escrow, escrowDenom, requireCoin } from './escrow.ts';
import { contributionPaid, roundChanged } from './events.ts';
import type { Settled, Valuer } from './expected.ts';
import { escrowPay, partOf, roundEnd } from './formulas.ts';
import { closeObjective, requireObjective, stopObjective } from './objectives.ts';
import * as state from './state.ts';
import { roundStatusWord } from './words.ts';

const {
  ROUND_STATUS_OPEN: OPEN,
  ROUND_STATUS_SHARD: SHARD,
  ROUND_STATUS_DECIDING: DECIDING,
  ROUND_STATUS_PAYING: PAYING,
  ROUND_STATUS_SETTLED: SETTLED,
  ROUND_STATUS_REFUSED: REFUSED,
} = RoundStatus;

/** Rounds that one block looks at because of their height; the rest follows in the next. */
const ROUNDS_PER_BLOCK = 64;
/** Contributions that one block pays or hands to the verifiers, over all rounds. */
const ITEMS_PER_BLOCK = 128;
/** Part of the bond that goes to those who waited for a shard that stayed closed; the rest to the community pool. */
export const REFUSAL_PPM = 500_000n;

/** What a round does with the contributions that waited for its shard. */
export interface Waiters {
  /** The shard is there: verification begins. */
  readonly assess: (ctx: Context, contribution: Contribution) => void;
  /** The shard stayed closed: rejected, nothing was wrong with it. */
  readonly dismiss: (ctx: Context, contribution: Contribution) => void;
}

export class Rounds {
  readonly #escrow: Escrow;
  readonly #valuer: Pick<Valuer, 'get'>;
  readonly #addresses: AddressCodec;

  constructor(escrow: Escrow, valuer: Pick<Valuer, 'get'>, addresses: AddressCodec) {
    this.#escrow = escrow;
    this.#valuer = valuer;
    this.#addresses = addresses;
  }

  /** Counts a new contribution into its round. */
  join(ctx: Context, objective: Objective, contribution: Contribution): void {
    const number = contribution.round;
    const key = [objective.id, number] as const;
    const waits = objective.roundBlocks > 0n;
    let round = state.rounds.get(ctx, key);
    if (round === undefined) {
      round = newRound(objective, number);
      if (round.endHeight > 0n) state.roundsDue.add(ctx, [round.endHeight, ...key]);
      state.objectives.set(ctx, objective.id, { ...objective, unsettledRounds: objective.unsettledRounds + 1n });
      this.#tell(ctx, round);
    }
    const deposit = waits ? BigInt(requireCoin(contribution.deposit).amount) : 0n;
    state.rounds.set(ctx, key, {
      ...round,
      contributions: round.contributions + 1n,
      undecided: round.undecided + 1n,
      deposits: (BigInt(round.deposits) + deposit).toString(),
    });
    state.byRound.add(ctx, [...key, contribution.id]);
    if (waits) state.waiting.add(ctx, [...key, contribution.id]);
  }

  /** A contribution is final or withdrawn. `weight` is what it earned, 0 for listed objectives and rejections. */
  leave(ctx: Context, contribution: Contribution, weight: bigint): void {
    const key = [contribution.objectiveId, contribution.round] as const;
    const round = state.rounds.get(ctx, key);
    if (round === undefined) throw new Error(`contribution ${contribution.id} is in no round`);
    const undecided = round.undecided - 1n;
    const left = { ...round, undecided, weight: (BigInt(round.weight) + weight).toString() };
    state.rounds.set(ctx, key, left);
    if (undecided === 0n && left.status === DECIDING) this.#beginPaying(ctx, left);
  }

  /** A contribution that waits for the shard is withdrawn. */
  stopWaiting(ctx: Context, contribution: Contribution, deposit: bigint): void {
    const key = [contribution.objectiveId, contribution.round] as const;
    const round = state.rounds.get(ctx, key);
    if (round === undefined || !state.waiting.has(ctx, [...key, contribution.id])) return;
    state.waiting.remove(ctx, [...key, contribution.id]);
    state.rounds.set(ctx, key, { ...round, deposits: (BigInt(round.deposits) - deposit).toString() });
  }

  /** The shard is opened: the contributions are handed to the verifiers in the blocks that follow. */
  open(ctx: Context, round: Round): void {
    const opened = { ...round, status: DECIDING, deposits: '0' };
    this.#store(ctx, opened);
    if (opened.undecided === 0n) this.#beginPaying(ctx, opened);
    else state.activeRounds.add(ctx, [round.objectiveId, round.number]);
  }

  /** What the end of a block owes to rounds. */
  endBlock(ctx: Context, waiters: Waiters): void {
    for (const [height, objectiveId, number] of firstDue(ctx)) {
      state.roundsDue.remove(ctx, [height, objectiveId, number]);
      const round = state.rounds.get(ctx, [objectiveId, number]);
      if (round === undefined) throw new Error(`round ${number} of objective ${objectiveId} is due but does not exist`);
      if (round.status === OPEN) this.#endSubmissions(ctx, round);
      else if (round.status === SHARD) this.#refuse(ctx, round);
    }
    let left = ITEMS_PER_BLOCK;
    for (const key of [...state.activeRounds.walk(ctx)].slice(0, ROUNDS_PER_BLOCK)) {
      if (left <= 0) break;
      left = this.#work(ctx, key, left, waiters);
    }
  }

  #endSubmissions(ctx: Context, round: Round): void {
    const objective = requireObjective(ctx, round.objectiveId);
    if (objective.roundBlocks > 0n) {
      this.#store(ctx, { ...round, status: SHARD });
      const last = ctx.block.height + state.params.require(ctx).shardWindowBlocks;
      state.roundsDue.add(ctx, [last, round.objectiveId, round.number]);
      return;
    }
    const deciding = { ...round, status: DECIDING };
    this.#store(ctx, deciding);
    if (deciding.undecided === 0n) this.#beginPaying(ctx, deciding);
  }

  /** Fixes what the round pays from; nothing of it changes any more. */
  #beginPaying(ctx: Context, round: Round): void {
    const objective = requireObjective(ctx, round.objectiveId);
    const weight = BigInt(round.weight);
    const pays = !objective.listed && weight > 0n;
    const before = requireCoin(objective.budget);
    const part = BigInt(requireCoin(objective.roundBudget).amount);
    // A model of a run that ended after the objective was settled finds nothing left.
    const budget = !pays ? 0n : part < BigInt(before.amount) ? part : BigInt(before.amount);
    const rest = { ...before, amount: (BigInt(before.amount) - budget).toString() };
    state.objectives.set(ctx, objective.id, { ...objective, budget: rest });
    const paying = { ...round, status: PAYING, budget: budget.toString(), held: budget.toString(), cursor: 0n };
    this.#store(ctx, paying);
    if (pays) state.activeRounds.add(ctx, [round.objectiveId, round.number]);
    else this.#finish(ctx, paying, SETTLED);
  }

  /** Takes the bond: half of it for those who waited, at most as much as their deposits, the rest for the community. */
  #refuse(ctx: Context, round: Round): void {
    const objective = requireObjective(ctx, round.objectiveId);
    const bond = requireCoin(objective.bond);
    const half = partOf(BigInt(bond.amount), REFUSAL_PPM);
    const deposits = BigInt(round.deposits);
    const compensation = deposits < half ? deposits : half;
    this.#escrow.forfeit(ctx, { ...bond, amount: (BigInt(bond.amount) - compensation).toString() });
    if (objective.status === ObjectiveStatus.OBJECTIVE_STATUS_OPEN) stopObjective(ctx, objective);
    const status = ObjectiveStatus.OBJECTIVE_STATUS_CLOSING;
    state.objectives.set(ctx, objective.id, { ...objective, status, bond: { ...bond, amount: '0' } });
    const held = compensation.toString();
    this.#store(ctx, { ...round, status: REFUSED, budget: held, held });
    state.activeRounds.add(ctx, [round.objectiveId, round.number]);
  }

  /** Goes on with an active round; returns how many items the block may still handle. */
  #work(ctx: Context, key: readonly [bigint, bigint], limit: number, waiters: Waiters): number {
    const round = state.rounds.get(ctx, key);
    if (round === undefined) throw new Error(`round ${key[1]} of objective ${key[0]} is active but does not exist`);
    if (round.status === PAYING) return this.#pay(ctx, round, limit);
    const prefix = u64Key.write(key[0], false) + u64Key.write(key[1], false);
    const batch: bigint[] = [];
    for (const [, , id] of state.waiting.walk(ctx, { prefix })) {
      if (batch.length === limit) return this.#release(ctx, key, batch, waiters, limit);
      batch.push(id);
    }
    state.activeRounds.remove(ctx, key);
    const left = this.#release(ctx, key, batch, waiters, limit);
    const after = state.rounds.get(ctx, key);
    if (after?.status === REFUSED) this.#finish(ctx, after, REFUSED);
    return left;
  }

  #release(
    ctx: Context,
    key: readonly [bigint, bigint],
    ids: readonly bigint[],
    waiters: Waiters,
    limit: number,
  ): number {
    for (const id of ids) {
      state.waiting.remove(ctx, [...key, id]);
      const contribution = state.contributions.get(ctx, id);
      const round = state.rounds.get(ctx, key);
      if (contribution === undefined || round === undefined) throw new Error(`contribution ${id} waits for nothing`);
      if (round.status === REFUSED) {
        this.#compensate(ctx, round, contribution);
        waiters.dismiss(ctx, contribution);
      } else waiters.assess(ctx, contribution);
    }
    return limit - ids.length;
  }

  #compensate(ctx: Context, round: Round, contribution: Contribution): void {
    const deposits = BigInt(round.deposits);
    const own = BigInt(requireCoin(contribution.deposit).amount);
    const amount = deposits === 0n ? 0n : (BigInt(round.budget) * own) / deposits;
    const held = this.#payOut(ctx, round, contribution, contribution.contributor, amount, 'refused_shard');
    state.rounds.set(ctx, [round.objectiveId, round.number], held);
  }

  #pay(ctx: Context, round: Round, limit: number): number {
    const { rate } = requireObjective(ctx, round.objectiveId);
    const prefix = u64Key.write(round.objectiveId, false) + u64Key.write(round.number, false);
    const start = [round.objectiveId, round.number, round.cursor] as const;
    const batch: bigint[] = [];
    let finished = true;
    for (const [, , id] of state.byRound.walk(ctx, { prefix, start })) {
      if (batch.length === limit) {
        finished = false;
        break;
      }
      batch.push(id);
    }
    let paying = round;
    for (const id of batch) {
      paying = { ...this.#payContribution(ctx, paying, id, rate), cursor: id + 1n };
    }
    state.rounds.set(ctx, [round.objectiveId, round.number], paying);
    if (finished) {
      state.activeRounds.remove(ctx, [round.objectiveId, round.number]);
      this.#finish(ctx, paying, SETTLED);
    }
    return limit - batch.length;
  }

  #payContribution(ctx: Context, round: Round, id: bigint, rate: bigint): Round {
    const contribution = state.contributions.get(ctx, id);
    if (contribution === undefined) throw new Error(`contribution ${id} is in a round but does not exist`);
    const settled = earned(contribution, this.#valuer.get(ctx, id));
    if (settled === undefined) return round;
    const amount = escrowPay(BigInt(round.budget), paidWeight(settled), BigInt(round.weight), rate);
    let paying = round;
    let rest = amount;
    for (const { address, sharePpm } of settled.parentShares) {
      const part = partOf(amount, sharePpm);
      rest -= part;
      paying = this.#payOut(ctx, paying, contribution, address, part, 'parent');
    }
    return this.#payOut(ctx, paying, contribution, settled.beneficiary, rest, 'reward');
  }

  #payOut(
    ctx: Context,
    round: Round,
    contribution: Contribution,
    to: string,
    amount: bigint,
    reason: 'reward' | 'parent' | 'refused_shard',
  ): Round {
    if (amount === 0n) return round;
    const coin = { denom: escrowDenom(ctx), amount: amount.toString() };
    this.#escrow.giveBack(ctx, this.#addresses.account(to), coin);
    ctx.log.emit(
      contributionPaid.encode({
        objective_id: round.objectiveId,
        round: round.number,
        contribution_id: contribution.id,
        beneficiary: to,
        reason,
        amount: coinText(coin),
      }),
    );
    return { ...round, held: (BigInt(round.held) - amount).toString() };
  }

  /** What is left goes back to the objective; the last round ends an objective that takes no more. */
  #finish(ctx: Context, round: Round, status: RoundStatus): void {
    const left = BigInt(round.held);
    const objective = requireObjective(ctx, round.objectiveId);
    const budget = requireCoin(objective.budget);
    const settled = {
      ...objective,
      budget: { ...budget, amount: (BigInt(budget.amount) + left).toString() },
      unsettledRounds: objective.unsettledRounds - 1n,
    };
    state.objectives.set(ctx, objective.id, settled);
    this.#store(ctx, { ...round, status, held: '0', deposits: '0' }, left);
    const over = settled.status === ObjectiveStatus.OBJECTIVE_STATUS_CLOSING;
    if (over && settled.unsettledRounds === 0n) {
      closeObjective(ctx, this.#escrow, this.#addresses, settled, ObjectiveStatus.OBJECTIVE_STATUS_CLOSED);
    }
  }

  #store(ctx: Context, round: Round, left = BigInt(round.held)): void {
    state.rounds.set(ctx, [round.objectiveId, round.number], round);
    this.#tell(ctx, round, left);
  }

  #tell(ctx: Context, round: Round, left = BigInt(round.held)): void {
    const denom = escrowDenom(ctx);
    ctx.log.emit(
      roundChanged.encode({
        objective_id: round.objectiveId,
        round: round.number,
        status: roundStatusWord(round.status),
        end_height: round.endHeight,
        contributions: round.contributions,
        weight: BigInt(round.weight),
        budget: `${round.budget}${denom}`,
        paid: `${BigInt(round.budget) - left}${denom}`,
      }),
    );
  }
}

/** What valuation settled of a contribution; undefined if it was not accepted. */
export function earned(contribution: Contribution, settled: Settled | undefined): Settled | undefined {
  return contribution.accepted ? settled : undefined;
}

/** A new version is paid for what it is worth beyond the one before. */
export function paidWeight({ deductedWeight, weight }: Settled): bigint {
  return weight - deductedWeight;
}

function newRound(objective: Objective, number: bigint): Round {
  return {
    objectiveId: objective.id,
    number,
    endHeight: roundEnd(objective, number),
    status: OPEN,
    contributions: 0n,
    undecided: 0n,
    weight: '0',
    budget: '0',
    held: '0',
    deposits: '0',
    cursor: 0n,
  };
}

function firstDue(ctx: Context): (readonly [bigint, bigint, bigint])[] {
  const due: (readonly [bigint, bigint, bigint])[] = [];
  for (const entry of state.roundsDue.walk(ctx)) {
    if (entry[0] > ctx.block.height || due.length === ROUNDS_PER_BLOCK) break;
    due.push(entry);
  }
  return due;
}
