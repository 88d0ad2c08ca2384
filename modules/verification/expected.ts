/** What this module needs from others; their keepers satisfy these structurally, and `chain/main.ts` passes them in. */
import type { Context } from '../../chain/context.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import type { Contribution, Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Metric } from '../../proto/generated/infinet/valuation/v1/types.ts';

/** Bank: stakes, fees and bonds are held by this module's account. */
export interface EscrowBank {
  sendToModule(ctx: Context, from: Uint8Array, moduleName: string, coins: Coin[]): void;
  sendFromModule(ctx: Context, moduleName: string, to: Uint8Array, coins: Coin[]): void;
  burn(ctx: Context, moduleName: string, coins: Coin[]): void;
  balance(ctx: Context, address: Uint8Array, denom: string): bigint;
  moduleAddress(moduleName: string): Uint8Array;
}

/** Staking: verifiers are bonded validators. */
export interface VerifierStaking {
  bondedValidators(ctx: Context): readonly { readonly operator: Uint8Array; readonly tokens: bigint }[];
  /**
   * Slashes what stood behind the operator at `faultHeight` by a fraction in 10^-6, what has begun to leave since then
   * included, and returns how many of its tokens were burned.
   */
  slash(ctx: Context, operator: Uint8Array, fractionMicro: bigint, reason: string, faultHeight: bigint): bigint;
  bondDenom(ctx: Context): string;
}

/** Beacon: randomness fixed after what it judges. */
export interface RandomBeacon {
  /** The first round whose input is fixed after this block. */
  nextRoundAfterNow(ctx: Context): bigint;
  /** 32 bytes, or undefined while the round is not over. */
  value(ctx: Context, round: bigint): Uint8Array | undefined;
}

/** Contribution: what is assessed and trained on. */
export interface ContributionReader {
  get(ctx: Context, id: bigint): Contribution | undefined;
  objective(ctx: Context, id: bigint): Objective | undefined;
  contributor(ctx: Context, id: bigint): Uint8Array | undefined;
}

/** What the seats found out about a contribution. */
export interface AssessmentOutcome {
  readonly accepted: boolean;
  /** `invalid`, `unavailable`, `disagreement` or `unanswered`; empty when accepted. */
  readonly reason: string;
  readonly metrics: readonly Metric[];
  /** The bytes are not what the manifest says. */
  readonly fraud?: boolean;
}

/** An accepted run, about to become a model. */
export interface AcceptedRun {
  readonly runId: bigint;
  readonly trainer: Uint8Array;
  readonly objectiveId: bigint;
  /** Merkle root of the final weights, 32 bytes. */
  readonly finalRoot: Uint8Array;
  readonly sizeBytes: bigint;
  readonly uris: readonly string[];
  /** Undefined for the trainer's own data. */
  readonly dataContributionId?: bigint;
  readonly metrics: readonly Metric[];
}

/** Where results go: closures over the contribution keeper, so that neither module is built with a setter. */
export interface Outcomes {
  contributionAssessed(ctx: Context, contributionId: bigint, outcome: AssessmentOutcome): void;
  roundAssessed(ctx: Context, roundId: bigint, outcome: RoundOutcome): void;
  /** Returns the id of the model that the run became. */
  runAccepted(ctx: Context, run: AcceptedRun): bigint;
}

/** What the seats found out about a round of contributions. */
export interface RoundOutcome {
  readonly valued: boolean;
  readonly metrics: readonly Metric[];
  /** The contribution that most seats could not get, where that was the outcome. */
  readonly unavailable?: bigint;
}

/** Valuation: whose work a round holds. */
export interface RoundReader {
  /** Bech32 addresses. */
  contributors(ctx: Context, roundId: bigint): readonly string[];
}

/** Rewards: verifiers' stream. */
export interface VerifierRewards {
  /** One unit for each task whose outcome the operator found. */
  addVerifierWork(ctx: Context, operator: Uint8Array, units: bigint): void;
}

/** Valuation: an address's record. */
export interface VerifierReputation {
  addReputation(
    ctx: Context,
    address: Uint8Array,
    change: { seatsServed?: bigint; seatsMissed?: bigint; disputesWon?: bigint; disputesLost?: bigint },
  ): void;
}

/** ECVRF (RFC 9381), as `modules/beacon/ecvrf.ts` offers it. */
export interface Vrf {
  isValidPublicKey(publicKey: Uint8Array): boolean;
  /** The output of 64 bytes, or undefined when the proof does not hold. */
  verify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | undefined;
}
