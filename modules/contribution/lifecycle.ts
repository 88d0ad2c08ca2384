/** From the verdict to FINAL, and the deposit's way. */
import type { Context } from '../../chain/context.ts';
import { type Contribution, ContributionStatus } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { coinText, type Escrow, requireCoin } from './escrow.ts';
import * as events from './events.ts';
import type { Valuer } from './expected.ts';
import type { AssessmentOutcome } from './keeper.ts';
import { update } from './record.ts';
import * as state from './state.ts';

const {
  CONTRIBUTION_STATUS_SUBMITTED: SUBMITTED,
  CONTRIBUTION_STATUS_ASSESSING: ASSESSING,
  CONTRIBUTION_STATUS_ACCEPTED: ACCEPTED,
  CONTRIBUTION_STATUS_REJECTED: REJECTED,
  CONTRIBUTION_STATUS_FINAL: FINAL,
  CONTRIBUTION_STATUS_WITHDRAWN: WITHDRAWN,
} = ContributionStatus;

/** Contributions that one block makes final; the rest follows in the next, so that no block takes too long. */
export const FINAL_PER_BLOCK = 256;

export class Lifecycle {
  readonly #escrow: Escrow;
  readonly #valuer: Valuer;
  readonly #addresses: AddressCodec;

  constructor(escrow: Escrow, valuer: Valuer, addresses: AddressCodec) {
    this.#escrow = escrow;
    this.#valuer = valuer;
    this.#addresses = addresses;
  }

  static isUndecided({ status }: Contribution): boolean {
    return status === SUBMITTED || status === ASSESSING;
  }

  /** An acceptance still has to pass valuation: quality below the gate or harm rejects it. */
  assess(ctx: Context, contribution: Contribution, outcome: AssessmentOutcome): void {
    emitMetrics(ctx, contribution.id, outcome.metrics);
    if (!outcome.accepted) {
      this.reject(ctx, contribution, outcome.reason, outcome.fraud ?? false);
      return;
    }
    const objective = state.objectives.get(ctx, contribution.objectiveId);
    if (objective === undefined) throw new Error(`contribution ${contribution.id} lacks its objective`);
    const appraisal = this.#valuer.appraise(ctx, {
      contributionId: contribution.id,
      kind: contribution.kind,
      objectiveId: objective.id,
      beneficiary: this.#addresses.account(contribution.contributor),
      metrics: outcome.metrics,
      qualityGatePpm: objective.qualityGatePpm,
      baselinePpm: objective.baselinePpm,
      emission: objective.listed,
    });
    if (appraisal.passed) this.#accept(ctx, contribution);
    else this.reject(ctx, contribution, appraisal.reason, appraisal.costsDeposit);
  }

  #accept(ctx: Context, contribution: Contribution): void {
    const deposit = this.#returnDeposit(ctx, contribution);
    this.#decide(ctx, contribution, { deposit, status: ACCEPTED, accepted: true, reason: '' });
  }

  /** `forfeit`: the deposit goes to the community pool instead of back. */
  reject(ctx: Context, contribution: Contribution, reason: string, forfeit: boolean): void {
    const deposit = forfeit ? this.#forfeitDeposit(ctx, contribution) : this.#returnDeposit(ctx, contribution);
    this.#decide(ctx, contribution, { deposit, status: REJECTED, accepted: false, reason });
  }

  #decide(
    ctx: Context,
    before: Contribution,
    change: Pick<Contribution, 'deposit' | 'status' | 'accepted' | 'reason'>,
  ): void {
    this.#dequeue(ctx, before);
    const finalHeight = ctx.block.height + state.params.require(ctx).appealWindowBlocks;
    state.finalQueue.add(ctx, [finalHeight, before.id]);
    update(ctx, before, { ...before, ...change, assessedHeight: ctx.block.height, finalHeight });
  }

  /** Before the verdict the deposit is lost: verifiers are at work already. */
  withdraw(ctx: Context, contribution: Contribution): void {
    const deposit = Lifecycle.isUndecided(contribution)
      ? this.#forfeitDeposit(ctx, contribution)
      : contribution.deposit;
    this.#dequeue(ctx, contribution);
    update(ctx, contribution, {
      ...contribution,
      deposit,
      status: WITHDRAWN,
      accepted: false,
      reason: 'withdrawn_by_contributor',
      finalHeight: 0n,
    });
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
      this.#valuer.settle(ctx, {
        contributionId: id,
        contributor: this.#addresses.account(contribution.contributor),
        accepted: contribution.accepted,
        parents: this.#parentsOf(ctx, contribution),
      });
      update(ctx, contribution, { ...contribution, status: FINAL });
    }
  }

  /** A parent that was rejected or withdrawn in the meantime has no part in the child. */
  #parentsOf(ctx: Context, contribution: Contribution): Uint8Array[] {
    return contribution.parents.flatMap((id) => {
      const parent = state.contributions.get(ctx, id);
      return parent?.accepted ? [this.#addresses.account(parent.contributor)] : [];
    });
  }

  #dequeue(ctx: Context, { finalHeight, id }: Contribution): void {
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
  return contribution.runId === 0n && (Lifecycle.isUndecided(contribution) || contribution.status === ACCEPTED);
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
