import type { Context } from '../../chain/context.ts';
import { ensure, fail } from '../../chain/errors.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { OpenWeights } from '../../proto/generated/infinet/rewards/v1/types.ts';
import { rewardsErrors } from './errors.ts';
import { type ContributionStream, MICRO, sum } from './formulas.ts';
import { pendingWeight } from './pending.ts';
import { claimables, emission, openWeights, pendingWeights, records, verifierWork } from './state.ts';

const u64Limit = 1n << 64n;

/** A contribution whose verdict is final. */
export interface Weight {
  readonly contributionId: bigint;
  readonly kind: ContributionKind;
  /** Account that the reward goes to, less the shares of others. */
  readonly beneficiary: Uint8Array;
  /** In 10^-6; 0 is recorded and earns nothing. */
  readonly weight: bigint;
  /** Parts of the reward for others (the parents' contributors), in 10^-6; at most 10^6 together. */
  readonly shares?: readonly { readonly beneficiary: Uint8Array; readonly microShare: bigint }[];
}

export interface RewardsKeeper {
  /** Takes a weight into the open epoch, once for each contribution. Throws `rewards` 3 or 4. */
  addWeight(ctx: Context, weight: Weight): void;
  /** Counts work of a verifier, and the fees (uinf) that it was paid for it. */
  addVerifierWork(ctx: Context, operator: Uint8Array, units: bigint, fees?: bigint): void;
  /** What the account can claim now. */
  claimable(ctx: Context, account: Uint8Array): bigint;
}

export const keeper: RewardsKeeper = {
  addWeight: (ctx, { contributionId, kind, beneficiary, weight, shares = [] }) => {
    ensure(weight >= 0n && weight < u64Limit, rewardsErrors.invalidWeight, `weight ${weight}`);
    const stream = streamOf(kind);
    const given = sum(shares.map(({ microShare }) => microShare));
    const sound = shares.every(({ microShare }) => microShare >= 0n) && given <= MICRO;
    ensure(sound, rewardsErrors.invalidWeight, `shares of ${given} in 10^-6`);
    const taken = records.has(ctx, contributionId) || pendingWeight(ctx, contributionId) !== undefined;
    ensure(!taken, rewardsErrors.weightTaken, `contribution ${contributionId}`);
    const { epoch } = emission.require(ctx);
    const pending = { contributionId, kind, beneficiary, weight, shares: [...shares], epoch };
    pendingWeights.set(ctx, [epoch, contributionId], pending);
    const before = openSums(ctx);
    openWeights.set(ctx, { ...before, [stream]: (BigInt(before[stream]) + weight).toString() });
  },
  addVerifierWork: (ctx, operator, units, fees = 0n) => {
    ensure(units >= 0n && fees >= 0n, rewardsErrors.invalidWeight, `${units} units, ${fees} of fees`);
    const before = verifierWork.get(ctx, operator) ?? { units: 0n, fees: 0n };
    verifierWork.set(ctx, operator, { units: before.units + units, fees: before.fees + fees });
  },
  claimable: (ctx, account) => claimables.get(ctx, account) ?? 0n,
};

/** Sums of the open epoch's weights in 10^-6, as decimal text: they may exceed 64 bits. */
export function openSums(ctx: Context): OpenWeights {
  return openWeights.get(ctx) ?? { data: '0', model: '0', compute: '0', expertise: '0' };
}

/** Stored sums as numbers, 0 where none are stored. */
export function asNumbers(sums: OpenWeights | undefined): Record<ContributionStream, bigint> {
  const { compute = '0', data = '0', expertise = '0', model = '0' } = sums ?? {};
  return { data: BigInt(data), model: BigInt(model), compute: BigInt(compute), expertise: BigInt(expertise) };
}

/** The streams' demand as it is stored. */
export function asText(streams: readonly { readonly name: string; readonly demand: bigint }[]): OpenWeights {
  const of = (name: ContributionStream) => (streams.find((stream) => stream.name === name)?.demand ?? 0n).toString();
  return { data: of('data'), model: of('model'), compute: of('compute'), expertise: of('expertise') };
}

/** The stream that pays for a kind of contribution. */
export function streamOf(kind: ContributionKind): ContributionStream {
  switch (kind) {
    case ContributionKind.CONTRIBUTION_KIND_DATA:
      return 'data';
    case ContributionKind.CONTRIBUTION_KIND_MODEL:
      return 'model';
    case ContributionKind.CONTRIBUTION_KIND_COMPUTE:
      return 'compute';
    case ContributionKind.CONTRIBUTION_KIND_EXPERTISE:
      return 'expertise';
    default:
      return fail(rewardsErrors.invalidWeight, `contribution kind ${kind}`);
  }
}
