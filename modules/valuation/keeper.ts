import type { Context } from '../../chain/context.ts';
import type { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { Criterion } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric, Reputation, Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { kindWord } from '../contribution/words.ts';
import * as events from './events.ts';
import { appraise, impactMetric, metricValue, parentShares } from './formulas.ts';
import type { RoundOutcome, Rounds } from './rounds.ts';
import * as state from './state.ts';

/** What rewards offers to valuation. */
export interface WeightSink {
  addWeight(
    ctx: Context,
    entry: {
      contributionId: bigint;
      kind: ContributionKind;
      beneficiary: Uint8Array;
      weight: bigint;
      /** Parts of the reward for others, in 10^-6. */
      shares: { beneficiary: Uint8Array; microShare: bigint }[];
    },
  ): void;
}

/** A contribution whose metrics were agreed on. */
export interface Subject {
  readonly contributionId: bigint;
  readonly kind: ContributionKind;
  readonly objectiveId: bigint;
  /** Account that the weight is paid to. */
  readonly beneficiary: Uint8Array;
  readonly metrics: readonly Metric[];
  /** 10^-6 */
  readonly qualityGatePpm: bigint;
  /** 10^-6 */
  readonly baselinePpm: bigint;
  /** The objective is listed, so emission pays. */
  readonly emission: boolean;
  /** EXPERTISE only. */
  readonly rubric?: readonly Criterion[];
  /** Round of the objective, whose shard it was measured on. */
  readonly shardRound?: bigint;
}

/** The final verdict on a contribution. */
export interface Verdict {
  readonly contributionId: bigint;
  readonly contributor: Uint8Array;
  readonly accepted: boolean;
  /** Contributors of its accepted parents, one for each parent. */
  readonly parents: readonly Uint8Array[];
  /** Contribution that this is a new version of: what that one was worth is not paid again. */
  readonly previousVersion?: bigint;
}

/** What an appraisal says to contribution. */
export interface Appraisal {
  readonly passed: boolean;
  readonly reason: string;
  readonly costsDeposit: boolean;
}

/** A change of an address's record; what is left out does not change. */
export type ReputationChange = Partial<Record<Exclude<keyof Reputation, 'address'>, bigint>>;

/** What other modules may call; it is contribution's `Valuer`. */
export class ValuationKeeper {
  readonly #rewards: WeightSink;
  readonly #addresses: AddressCodec;

  readonly #rounds: Rounds;

  constructor(rewards: WeightSink, addresses: AddressCodec, rounds: Rounds) {
    this.#rewards = rewards;
    this.#addresses = addresses;
    this.#rounds = rounds;
  }

  get(ctx: Context, contributionId: bigint): Valuation | undefined {
    return state.valuations.get(ctx, contributionId);
  }

  /** Computes and records what a contribution is worth; nothing is paid yet. */
  appraise(ctx: Context, subject: Subject): Appraisal {
    const joint =
      state.params.require(ctx).roundBlocks > 0n && metricValue(subject.metrics, impactMetric) !== undefined;
    const result = appraise({ ...subject, joint });
    const valuation: Valuation = {
      contributionId: subject.contributionId,
      kind: subject.kind,
      objectiveId: subject.objectiveId,
      beneficiary: this.#addresses.accountText(subject.beneficiary),
      metrics: [...subject.metrics],
      qualityGatePpm: subject.qualityGatePpm,
      baselinePpm: subject.baselinePpm,
      qualityPpm: result.qualityPpm,
      impactMicro: result.impactMicro,
      passed: result.passed,
      reason: result.reason,
      weight: result.weight,
      emission: subject.emission,
      settled: false,
      appraisedHeight: ctx.block.height,
      settledHeight: 0n,
      parentShares: [],
      deductedWeight: 0n,
      rubric: [...(subject.rubric ?? [])],
      roundId: 0n,
      joint: joint && result.passed,
      shardRound: subject.shardRound ?? 0n,
    };
    state.valuations.set(ctx, valuation.contributionId, valuation);
    ctx.log.emit(
      events.valuationComputed.encode({
        contribution_id: valuation.contributionId,
        kind: kindWord(valuation.kind),
        objective_id: valuation.objectiveId,
        beneficiary: valuation.beneficiary,
        quality_gate_ppm: valuation.qualityGatePpm,
        baseline_ppm: valuation.baselinePpm,
        quality_ppm: valuation.qualityPpm,
        impact_micro: valuation.impactMicro,
        weight: valuation.weight,
        passed: valuation.passed,
        reason: valuation.reason,
        emission: valuation.emission,
      }),
    );
    return { passed: result.passed, reason: result.reason, costsDeposit: result.costsDeposit };
  }

  /**
   * Asked before an acceptance becomes final: `again` is the height at which to ask again, while the contribution waits to
   * be valued together with others. Otherwise what that came to; undefined where nothing had to be waited for.
   */
  conclude(ctx: Context, contributionId: bigint): { again: bigint } | Appraisal | undefined {
    const valuation = state.requireValuation(ctx, contributionId);
    if (!valuation.joint) return undefined;
    const round = valuation.roundId === 0n ? undefined : state.rounds.get(ctx, valuation.roundId);
    if (round === undefined || round.valuedHeight === 0n) return { again: this.#rounds.wait(ctx, valuation) };
    const { passed, reason } = valuation;
    return { passed, reason, costsDeposit: reason === 'negative_impact' };
  }

  /** Bech32 addresses of those whose work a round holds. */
  contributors(ctx: Context, roundId: bigint): readonly string[] {
    return (state.rounds.get(ctx, roundId)?.members ?? []).map(({ contributor }) => contributor);
  }

  /** Takes the outcome of a round's task. */
  roundAssessed(ctx: Context, roundId: bigint, outcome: RoundOutcome): void {
    this.#rounds.assessed(ctx, roundId, outcome);
  }

  /** The verdict is final: an accepted weight goes to rewards, once, and either way to the contributor's record. */
  settle(ctx: Context, verdict: Verdict): void {
    if (!verdict.accepted) {
      this.addReputation(ctx, verdict.contributor, { rejected: 1n });
      return;
    }
    const valuation = state.valuations.get(ctx, verdict.contributionId);
    if (valuation === undefined) throw new Error(`contribution ${verdict.contributionId} was never appraised`);
    if (valuation.settled) throw new Error(`contribution ${verdict.contributionId} is settled already`);
    const { contributionId, emission, kind, weight } = valuation;
    const parents = verdict.parents.map((parent) => this.#addresses.accountText(parent));
    const before = verdict.previousVersion === undefined ? undefined : this.get(ctx, verdict.previousVersion);
    const deductedWeight = before === undefined || !before.settled ? 0n : smaller(before.weight, weight);
    const paid = weight - deductedWeight;
    const byAddress = parentShares(parents, valuation.beneficiary, state.params.require(ctx).parentsSharePpm);
    state.valuations.set(ctx, contributionId, {
      ...valuation,
      settled: true,
      settledHeight: ctx.block.height,
      deductedWeight,
      parentShares: [...byAddress].map(([address, sharePpm]) => ({ address, sharePpm })),
    });
    const account = (address: string) => this.#addresses.account(address);
    const beneficiary = account(valuation.beneficiary);
    if (emission && paid > 0n) {
      const shares = [...byAddress].map(([address, microShare]) => ({ beneficiary: account(address), microShare }));
      this.#rewards.addWeight(ctx, { contributionId, kind, beneficiary, weight: paid, shares });
    }
    for (const [address, sharePpm] of byAddress) {
      ctx.log.emit(
        events.valuationParentShare.encode({ contribution_id: contributionId, address, share_ppm: sharePpm }),
      );
    }
    ctx.log.emit(
      events.valuationSettled.encode({
        contribution_id: contributionId,
        beneficiary: valuation.beneficiary,
        weight: paid,
        emission,
      }),
    );
    this.addReputation(ctx, beneficiary, { accepted: 1n, weight: paid });
  }

  /** All zero for an address that nothing is known of. */
  reputation(ctx: Context, address: Uint8Array): Reputation {
    return state.reputations.get(ctx, address) ?? blank(this.#addresses.accountText(address));
  }

  addReputation(ctx: Context, address: Uint8Array, change: ReputationChange): void {
    const before = this.reputation(ctx, address);
    const after: Reputation = {
      address: before.address,
      accepted: before.accepted + (change.accepted ?? 0n),
      rejected: before.rejected + (change.rejected ?? 0n),
      weight: before.weight + (change.weight ?? 0n),
      seatsServed: before.seatsServed + (change.seatsServed ?? 0n),
      seatsMissed: before.seatsMissed + (change.seatsMissed ?? 0n),
      disputesWon: before.disputesWon + (change.disputesWon ?? 0n),
      disputesLost: before.disputesLost + (change.disputesLost ?? 0n),
    };
    state.reputations.set(ctx, address, after);
    ctx.log.emit(
      events.reputationChanged.encode({
        address: after.address,
        accepted: after.accepted,
        rejected: after.rejected,
        weight: after.weight,
        seats_served: after.seatsServed,
        seats_missed: after.seatsMissed,
        disputes_won: after.disputesWon,
        disputes_lost: after.disputesLost,
      }),
    );
  }
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function blank(address: string): Reputation {
  return {
    address,
    accepted: 0n,
    rejected: 0n,
    weight: 0n,
    seatsServed: 0n,
    seatsMissed: 0n,
    disputesWon: 0n,
    disputesLost: 0n,
  };
}
