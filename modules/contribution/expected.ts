/** What this module needs from others; their keepers satisfy these structurally, and `chain/main.ts` passes them in. */
import type { Context } from '../../chain/context.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import type { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { Criterion } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';

/** Bank: deposits, bonds and budgets are held by this module's account. */
export interface EscrowBank {
  sendToModule(ctx: Context, from: Uint8Array, moduleName: string, coins: Coin[]): void;
  sendFromModule(ctx: Context, moduleName: string, to: Uint8Array, coins: Coin[]): void;
  sendModuleToModule(ctx: Context, fromModule: string, toModule: string, coins: Coin[]): void;
  balance(ctx: Context, address: Uint8Array, denom: string): bigint;
  moduleAddress(moduleName: string): Uint8Array;
}

/** Verification: opens the task whose outcome comes back through `ContributionKeeper.recordAssessment`. */
export interface Assessor {
  /** Returns the id of the new verification task. */
  requestAssessment(ctx: Context, contributionId: bigint, objectiveId: bigint): bigint;
  /** The same with a larger committee. */
  requestAppeal(ctx: Context, contributionId: bigint, objectiveId: bigint): bigint;
  /** What is known of a training run; undefined if there is none. */
  work(ctx: Context, runId: bigint): WorkReport | undefined;
}

/** A training run, as compute that somebody contributed. */
export interface WorkReport {
  /** Bech32 address. */
  readonly trainer: string;
  readonly accepted: boolean;
  readonly units: bigint;
  /** Operations, forward and backward, of one unit. */
  readonly unitFlop: bigint;
  /** Share of the seats that could get the run's states, in 10^-6. */
  readonly availabilityPpm: bigint;
  /** 10^6 if it was committed within half of its window, falling to 0 at the deadline. */
  readonly punctualityPpm: bigint;
  /** The contribution that its model became, 0 if none. */
  readonly modelContributionId: bigint;
}

/** What is appraised, with everything of the objective that enters the weight. */
export interface AppraisalSubject {
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
  /** Listed objectives are paid by emission. */
  readonly emission: boolean;
  /** EXPERTISE only. */
  readonly rubric: readonly Criterion[];
  /** Round of the objective that it was submitted in, whose shard it is measured on. */
  readonly shardRound: bigint;
}

export interface Appraisal {
  readonly passed: boolean;
  /** Why it did not pass, a word like `quality_below_gate`; empty when it passed. */
  readonly reason: string;
  /** The deposit is kept: the artifact would have done harm. */
  readonly costsDeposit: boolean;
}

/** Valuation: turns metrics into a weight, and hands it to rewards once the verdict is final. */
export interface Valuer {
  appraise(ctx: Context, subject: AppraisalSubject): Appraisal;
  /**
   * Asked before an acceptance becomes final: `again` is the height at which to ask again, while it waits to be valued
   * together with others. Otherwise what that came to; undefined where nothing had to be waited for.
   */
  conclude(ctx: Context, contributionId: bigint): { readonly again: bigint } | Appraisal | undefined;
  /** The verdict is final, whichever it is. Called once for each contribution. */
  settle(ctx: Context, verdict: FinalVerdict): void;
  get(ctx: Context, contributionId: bigint): Settled | undefined;
}

/** What valuation recorded of a contribution. */
export interface Settled {
  /** Bech32 address. */
  readonly beneficiary: string;
  /** 10^-6 */
  readonly weight: bigint;
  /** Weight of the version before, up to its own. */
  readonly deductedWeight: bigint;
  readonly parentShares: readonly { readonly address: string; readonly sharePpm: bigint }[];
}

export interface FinalVerdict {
  readonly contributionId: bigint;
  readonly contributor: Uint8Array;
  readonly accepted: boolean;
  /** Contributors of its accepted parents, one for each parent. */
  readonly parents: readonly Uint8Array[];
  /** Contribution that this is a new version of: what that one was worth is not paid again. */
  readonly previousVersion?: bigint;
}
