/** From the verdict to FINAL, and the deposit's way. */
import type { Context } from '../../chain/context.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import { type Contribution, ContributionStatus } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { type AppealResult, endAppeal } from './appeals.ts';
import { coinText, type Escrow, requireCoin } from './escrow.ts';
import * as events from './events.ts';
import type { Appraisal, Valuer } from './expected.ts';
import type { AssessmentOutcome } from './keeper.ts';
import { requireObjective } from './objectives.ts';
import { update } from './record.ts';
import { earned, paidWeight, type Rounds } from './rounds.ts';
import * as state from './state.ts';
import { releaseWork } from './work.ts';

const {
  CONTRIBUTION_STATUS_SUBMITTED: SUBMITTED,
  CONTRIBUTION_STATUS_ASSESSING: ASSESSING,
  CONTRIBUTION_STATUS_ACCEPTED: ACCEPTED,
  CONTRIBUTION_STATUS_REJECTED: REJECTED,
  CONTRIBUTION_STATUS_APPEALED: APPEALED,
  CONTRIBUTION_STATUS_FINAL: FINAL,
  CONTRIBUTION_STATUS_WITHDRAWN: WITHDRAWN,
} = ContributionStatus;

/** Contributions that one block makes final; the rest follows in the next, so that no block takes too long. */
export const FINAL_PER_BLOCK = 256;

export interface LifecycleParts {
  readonly escrow: Escrow;
  readonly valuer: Valuer;
  readonly rounds: Rounds;
  readonly addresses: AddressCodec;
}

export class Lifecycle {
  readonly #escrow: Escrow;
  readonly #valuer: Valuer;
  readonly #rounds: Rounds;
  readonly #addresses: AddressCodec;

  constructor({ addresses, escrow, rounds, valuer }: LifecycleParts) {
    this.#escrow = escrow;
    this.#valuer = valuer;
    this.#rounds = rounds;
    this.#addresses = addresses;
  }

  static isUndecided({ status }: Contribution): boolean {
    return status === SUBMITTED || status === ASSESSING;
  }

  /** An acceptance still has to pass valuation: quality below the gate or harm rejects it. */
  assess(ctx: Context, contribution: Contribution, outcome: AssessmentOutcome): void {
    const { forfeit, passed, reason } = this.#judge(ctx, contribution, outcome);
    if (passed) this.#decide(ctx, contribution, { status: ACCEPTED, accepted: true, reason: '', forfeit: false });
    else this.reject(ctx, contribution, reason, forfeit);
  }

  /** `forfeit`: the deposit goes to the community pool instead of back, once that is final. */
  reject(ctx: Context, contribution: Contribution, reason: string, forfeit: boolean): void {
    const appealed = contribution.status === APPEALED;
    const appeal = appealed ? this.#endAppeal(ctx, contribution, 'dropped') : contribution.appeal;
    this.#rounds.stopWaiting(ctx, contribution, BigInt(requireCoin(contribution.deposit).amount));
    this.#decide(ctx, { ...contribution, appeal }, { status: REJECTED, accepted: false, reason, forfeit });
  }

  /**
   * The larger committee's verdict is the last one. Where it found none the first one stands, and the appellant is not
   * to blame. Bytes that cannot be had any more speak against the contribution.
   */
  concludeAppeal(ctx: Context, contribution: Contribution, outcome: AssessmentOutcome): void {
    const undecided = !outcome.accepted && (outcome.reason === 'disagreement' || outcome.reason === 'unanswered');
    const verdict = undecided ? undefined : this.#judge(ctx, contribution, outcome);
    const { accepted } = contribution;
    const changed = verdict !== undefined && verdict.passed !== accepted;
    const result = verdict === undefined ? 'undecided' : changed ? 'overturned' : 'upheld';
    const appeal = this.#endAppeal(ctx, contribution, result);
    const after = { ...contribution, appeal };
    const { forfeit, reason } = changed && verdict !== undefined ? verdict : contribution;
    const stays = changed ? !accepted : accepted;
    this.#decide(ctx, after, { status: stays ? ACCEPTED : REJECTED, accepted: stays, reason, forfeit }, 0n);
  }

  #endAppeal(ctx: Context, contribution: Contribution, result: AppealResult) {
    return endAppeal(ctx, { escrow: this.#escrow, addresses: this.#addresses }, contribution, result);
  }

  #judge(
    ctx: Context,
    contribution: Contribution,
    outcome: AssessmentOutcome,
  ): { passed: boolean; reason: string; forfeit: boolean } {
    emitMetrics(ctx, contribution.id, outcome.metrics);
    if (!outcome.accepted) return { passed: false, reason: outcome.reason, forfeit: outcome.fraud ?? false };
    const { costsDeposit, passed, reason } = this.#appraise(ctx, contribution, outcome.metrics);
    return { passed, reason: passed ? '' : reason, forfeit: !passed && costsDeposit };
  }

  #appraise(ctx: Context, contribution: Contribution, metrics: readonly Metric[]): Appraisal {
    const objective = requireObjective(ctx, contribution.objectiveId);
    return this.#valuer.appraise(ctx, {
      contributionId: contribution.id,
      kind: contribution.kind,
      objectiveId: objective.id,
      beneficiary: this.#addresses.account(contribution.contributor),
      metrics,
      qualityGatePpm: objective.qualityGatePpm,
      baselinePpm: objective.baselinePpm,
      emission: objective.listed,
      rubric: objective.rubric,
      shardRound: contribution.round,
    });
  }

  /** From the verdict on there are `window` blocks to appeal. */
  #decide(
    ctx: Context,
    before: Contribution,
    change: Pick<Contribution, 'status' | 'accepted' | 'reason' | 'forfeit'>,
    window = state.params.require(ctx).appealWindowBlocks,
  ): void {
    this.dequeue(ctx, before);
    const finalHeight = ctx.block.height + window;
    state.finalQueue.add(ctx, [finalHeight, before.id]);
    update(ctx, before, { ...before, ...change, assessedHeight: ctx.block.height, finalHeight });
  }

  /** Before the verdict the deposit is lost: verifiers are at work already. */
  withdraw(ctx: Context, contribution: Contribution): void {
    const undecided = Lifecycle.isUndecided(contribution);
    this.#rounds.stopWaiting(ctx, contribution, BigInt(requireCoin(contribution.deposit).amount));
    this.dequeue(ctx, contribution);
    if (contribution.kind === ContributionKind.CONTRIBUTION_KIND_COMPUTE) releaseWork(ctx, contribution);
    const withdrawn = {
      ...contribution,
      deposit: undecided ? this.#forfeitDeposit(ctx, contribution) : this.#returnDeposit(ctx, contribution),
      status: WITHDRAWN,
      accepted: false,
      reason: 'withdrawn_by_contributor',
      finalHeight: 0n,
    };
    update(ctx, contribution, withdrawn);
    this.#rounds.leave(ctx, withdrawn, 0n);
  }

  /** Ends the appeal windows that are over, oldest first. */
  finalize(ctx: Context): void {
    const due: (readonly [bigint, bigint])[] = [];
    for (const entry of state.finalQueue.walk(ctx)) {
      if (entry[0] > ctx.block.height || due.length === FINAL_PER_BLOCK) break;
      due.push(entry);
    }
    for (const [height, id] of due) {
      state.finalQueue.remove(ctx, [height, id]);
      const contribution = state.contributions.get(ctx, id);
      if (contribution === undefined) throw new Error(`contribution ${id} is queued but does not exist`);
      const valued = this.#conclude(ctx, contribution);
      if (valued !== undefined) this.#makeFinal(ctx, valued);
    }
  }

  /** Data becomes final when it has been valued together with the rest of its round: undefined while it waits for that. */
  #conclude(ctx: Context, contribution: Contribution): Contribution | undefined {
    const result = contribution.accepted ? this.#valuer.conclude(ctx, contribution.id) : undefined;
    if (result === undefined) return contribution;
    if ('again' in result) {
      const waiting = { ...contribution, finalHeight: result.again };
      state.finalQueue.add(ctx, [result.again, contribution.id]);
      update(ctx, contribution, waiting);
      return undefined;
    }
    const { costsDeposit, passed, reason } = result;
    return passed ? contribution : { ...contribution, accepted: false, reason, forfeit: costsDeposit };
  }

  #makeFinal(ctx: Context, contribution: Contribution): void {
    const { accepted, id } = contribution;
    this.#valuer.settle(ctx, {
      contributionId: id,
      contributor: this.#addresses.account(contribution.contributor),
      accepted,
      parents: this.#parentsOf(ctx, contribution),
      ...(contribution.streamId === 0n && contribution.previousVersion > 0n
        ? { previousVersion: contribution.previousVersion }
        : {}),
    });
    const deposit = contribution.forfeit
      ? this.#forfeitDeposit(ctx, contribution)
      : this.#returnDeposit(ctx, contribution);
    const final = { ...contribution, deposit, status: FINAL };
    update(ctx, contribution, final);
    const settled = earned(final, this.#valuer.get(ctx, id));
    const { listed } = requireObjective(ctx, contribution.objectiveId);
    this.#rounds.leave(ctx, final, settled === undefined || listed ? 0n : paidWeight(settled));
  }

  /** A parent that was rejected or withdrawn in the meantime has no part in the child. */
  #parentsOf(ctx: Context, contribution: Contribution): Uint8Array[] {
    return contribution.parents.flatMap((id) => {
      const parent = state.contributions.get(ctx, id);
      return parent?.accepted ? [this.#addresses.account(parent.contributor)] : [];
    });
  }

  /** Takes a contribution out of the queue for FINAL. */
  dequeue(ctx: Context, { finalHeight, id }: Contribution): void {
    if (finalHeight > 0n) state.finalQueue.remove(ctx, [finalHeight, id]);
  }

  #returnDeposit(ctx: Context, contribution: Contribution) {
    const deposit = requireCoin(contribution.deposit);
    this.#escrow.giveBack(ctx, this.#addresses.account(contribution.contributor), deposit);
    return emptied(ctx, contribution, 'returned');
  }

  #forfeitDeposit(ctx: Context, contribution: Contribution) {
    this.#escrow.forfeit(ctx, requireCoin(contribution.deposit));
    return emptied(ctx, contribution, 'forfeited');
  }
}

/** A claim to a root that a better one may still take over. */
export function isContestable(contribution: Contribution): boolean {
  const { status } = contribution;
  const open = Lifecycle.isUndecided(contribution) || status === ACCEPTED || status === APPEALED;
  return contribution.runId === 0n && open;
}

function emptied(ctx: Context, contribution: Contribution, action: 'returned' | 'forfeited') {
  const deposit = requireCoin(contribution.deposit);
  if (deposit.amount !== '0') {
    ctx.log.emit(
      events.contributionDeposit.encode({
        contribution_id: contribution.id,
        contributor: contribution.contributor,
        action,
        amount: coinText(deposit),
      }),
    );
  }
  return { denom: deposit.denom, amount: '0' };
}

export function emitMetrics(ctx: Context, contributionId: bigint, metrics: readonly Metric[]): void {
  for (const { name, value } of metrics) {
    ctx.log.emit(events.contributionMetric.encode({ contribution_id: contributionId, name, value }));
  }
}
