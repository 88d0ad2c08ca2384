import { fail, sdkErrors } from '../../chain/errors.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import {
  QueryClaimableRequest,
  QueryClaimableResponse,
  QueryEmissionRequest,
  QueryEmissionResponse,
  QueryEpochSummaryRequest,
  QueryEpochSummaryResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryRewardExplanationRequest,
  QueryRewardExplanationResponse,
} from '../../proto/generated/infinet/rewards/v1/query.ts';
import type { PendingWeight, RewardRecord } from '../../proto/generated/infinet/rewards/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { type EpochDeps, epochEnd } from './epochs.ts';
import { rewardsErrors } from './errors.ts';
import { epochCap } from './formulas.ts';
import { keeper, streamOf } from './keeper.ts';
import { marketIndex } from './marketIndex.ts';
import { pendingWeight } from './pending.ts';
import { emission, params, records, summaries } from './state.ts';
import { streamTerms } from './terms.ts';

const service = '/infinet.rewards.v1.Query';

export function createQueries({ staking, oracle, addresses }: EpochDeps): QueryRoute[] {
  return [
    query(`${service}/EpochSummary`, QueryEpochSummaryRequest, QueryEpochSummaryResponse, (ctx, request) => {
      const epoch = request.epoch === 0n ? emission.require(ctx).epoch - 1n : request.epoch;
      const summary = summaries.get(ctx, epoch);
      if (summary === undefined) fail(rewardsErrors.unknownEpoch, `epoch ${epoch}`);
      return { summary };
    }),
    query(
      `${service}/RewardExplanation`,
      QueryRewardExplanationRequest,
      QueryRewardExplanationResponse,
      (ctx, { contributionId }) => {
        const record = records.get(ctx, contributionId);
        if (record !== undefined) return explain(record, addresses);
        const pending = pendingWeight(ctx, contributionId);
        if (pending === undefined) fail(rewardsErrors.unknownContribution, `contribution ${contributionId}`);
        const { rate } = streamTerms(params.require(ctx), streamOf(pending.kind));
        return awaiting(pending, rate);
      },
    ),
    query(`${service}/Claimable`, QueryClaimableRequest, QueryClaimableResponse, (ctx, { address }) => {
      const amount = keeper.claimable(ctx, accountAddress(addresses, address));
      return { amount: { denom: staking.bondDenom(ctx), amount: amount.toString() } };
    }),
    query(`${service}/Emission`, QueryEmissionRequest, QueryEmissionResponse, (ctx) => {
      const open = emission.require(ctx);
      const settings = params.require(ctx);
      const index = marketIndex(ctx, oracle);
      return {
        emission: open,
        epochEnd: epochEnd(open, settings),
        cap: epochCap(settings, open.scheduled).cap,
        indexPpm: index.ppm,
        indexStale: index.stale,
      };
    }),
    query(`${service}/Params`, QueryParamsRequest, QueryParamsResponse, (ctx) => ({ params: params.require(ctx) })),
  ];
}

function explain(record: RewardRecord, addresses: AddressCodec): QueryRewardExplanationResponse {
  const { contributionId: _, payments, ...reasons } = record;
  return {
    ...reasons,
    pending: false,
    payments: payments.map(({ beneficiary, amount }) => ({ beneficiary: addresses.accountText(beneficiary), amount })),
  };
}

function awaiting({ kind, weight, epoch }: PendingWeight, rate: bigint): QueryRewardExplanationResponse {
  return {
    pending: true,
    epoch,
    stream: streamOf(kind),
    weight,
    streamBudget: 0n,
    streamWeight: '',
    streamDemand: '',
    rate,
    rateBound: false,
    amount: 0n,
    payments: [],
  };
}

function accountAddress(addresses: AddressCodec, text: string): Uint8Array {
  try {
    return addresses.account(text);
  } catch (error) {
    return fail(sdkErrors.invalidAddress, error instanceof Error ? error.message : text);
  }
}
