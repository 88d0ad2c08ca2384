import type { Context } from '../../chain/context.ts';
import type { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { Reputation, Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';

/** What rewards offers to valuation. */
export interface WeightSink {
  addWeight(
    ctx: Context,
    entry: { contributionId: bigint; kind: ContributionKind; beneficiary: Uint8Array; weight: bigint },
  ): void;
}

/** A change of an address's record; what is left out does not change. */
export type ReputationChange = Partial<
  Record<'accepted' | 'rejected' | 'weight' | 'seatsServed' | 'seatsMissed' | 'disputesWon' | 'disputesLost', bigint>
>;

/** What other modules may call, besides the `Valuer` of modules/contribution/expected.ts. */
export interface ReputationKeeper {
  get(ctx: Context, contributionId: bigint): Valuation | undefined;
  reputation(ctx: Context, address: Uint8Array): Reputation;
  addReputation(ctx: Context, address: Uint8Array, change: ReputationChange): void;
}
