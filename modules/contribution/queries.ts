import { bytesKey, u64Key } from '../../chain/collections/keys.ts';
import type { Context } from '../../chain/context.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { type PageRequest, paginateFiltered } from '../../chain/pagination.ts';
import { orRefuse, queryInvalid, queryNotFound } from '../../chain/queryErrors.ts';
import * as q from '../../proto/generated/infinet/contribution/v1/query.ts';
import { type Contribution, ContributionStatus } from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { childrenOf, lineage, MAX_DEPTH, parentsOf } from './provenance.ts';
import * as state from './state.ts';

const service = '/infinet.contribution.v1.Query';

export function contributionQueries(addresses: AddressCodec): QueryRoute[] {
  const account = (text: string) => orRefuse(() => addresses.account(text), queryInvalid);
  return [
    query(`${service}/Params`, q.QueryParamsRequest, q.QueryParamsResponse, (ctx) => ({
      params: state.params.require(ctx),
    })),
    query(`${service}/Contribution`, q.QueryContributionRequest, q.QueryContributionResponse, (ctx, request) => ({
      contribution: requireContribution(ctx, request.contributionId),
    })),
    query(
      `${service}/ContributionByRoot`,
      q.QueryContributionByRootRequest,
      q.QueryContributionResponse,
      (ctx, { contentRoot }) => {
        const id = state.byRoot.get(ctx, contentRoot);
        if (id === undefined) return queryNotFound(`root ${Buffer.from(contentRoot).toString('hex')} not found`);
        return { contribution: requireContribution(ctx, id) };
      },
    ),
    query(`${service}/Contributions`, q.QueryContributionsRequest, q.QueryContributionsResponse, (ctx, request) =>
      contributions(ctx, request, request.contributor === '' ? undefined : account(request.contributor)),
    ),
    query(`${service}/Objective`, q.QueryObjectiveRequest, q.QueryObjectiveResponse, (ctx, { objectiveId }) => {
      const objective = state.objectives.get(ctx, objectiveId);
      return { objective: objective ?? queryNotFound(`objective ${objectiveId} not found`) };
    }),
    query(`${service}/Objectives`, q.QueryObjectivesRequest, q.QueryObjectivesResponse, (ctx, { pagination }) => {
      const page = paginateFiltered(ctx, state.objectives, pagination, (_id, objective) => objective);
      return { objectives: page.items, pagination: page.pagination };
    }),
    query(`${service}/Commitments`, q.QueryCommitmentsRequest, q.QueryCommitmentsResponse, (ctx, { contributor }) => {
      const prefix = bytesKey.write(account(contributor), false);
      return { commitments: [...state.commitments.walk(ctx, { prefix })].map(([, commitment]) => commitment) };
    }),
    query(`${service}/Ancestors`, q.QueryLineageRequest, q.QueryLineageResponse, (ctx, request) =>
      lineage(ctx, requireContribution(ctx, request.contributionId).id, depthOf(request), parentsOf),
    ),
    query(`${service}/Descendants`, q.QueryLineageRequest, q.QueryLineageResponse, (ctx, request) =>
      lineage(ctx, requireContribution(ctx, request.contributionId).id, depthOf(request), childrenOf),
    ),
    query(`${service}/Rounds`, q.QueryRoundsRequest, q.QueryRoundsResponse, (ctx, { objectiveId }) => {
      if (!state.objectives.has(ctx, objectiveId)) return queryNotFound(`objective ${objectiveId} not found`);
      const prefix = u64Key.write(objectiveId, false);
      return { rounds: [...state.rounds.walk(ctx, { prefix })].map(([, round]) => round) };
    }),
    query(`${service}/Stream`, q.QueryStreamRequest, q.QueryStreamResponse, (ctx, { streamId }) => {
      const stream = state.streams.get(ctx, streamId);
      return { stream: stream ?? queryNotFound(`stream ${streamId} not found`) };
    }),
  ];
}

function requireContribution(ctx: Context, id: bigint): Contribution {
  return state.contributions.get(ctx, id) ?? queryNotFound(`contribution ${id} not found`);
}

function depthOf({ maxDepth }: q.QueryLineageRequest): number {
  if (maxDepth > MAX_DEPTH) return queryInvalid(`max_depth ${maxDepth} is above ${MAX_DEPTH}`);
  return maxDepth === 0 ? MAX_DEPTH : maxDepth;
}

/** Walks the narrowest index that a filter has and drops what the other filters do not want. */
function contributions(
  ctx: Context,
  request: q.QueryContributionsRequest,
  contributor: Uint8Array | undefined,
): q.QueryContributionsResponse {
  const { objectiveId, status } = request;
  const anyStatus = status === ContributionStatus.CONTRIBUTION_STATUS_UNSPECIFIED;
  const keep = (id: bigint) => {
    const contribution = requireContribution(ctx, id);
    const wanted =
      (request.contributor === '' || contribution.contributor === request.contributor) &&
      (objectiveId === 0n || contribution.objectiveId === objectiveId) &&
      (anyStatus || contribution.status === status);
    return wanted ? contribution : undefined;
  };
  const pagination: PageRequest | undefined = request.pagination;
  const page = (() => {
    if (contributor !== undefined) {
      const prefix = bytesKey.write(contributor, false);
      return paginateFiltered(ctx, state.byContributor, pagination, ([, id]) => keep(id), prefix);
    }
    if (objectiveId !== 0n) {
      const prefix = u64Key.write(objectiveId, false);
      return paginateFiltered(ctx, state.byObjective, pagination, ([, id]) => keep(id), prefix);
    }
    if (!anyStatus) {
      const prefix = u64Key.write(BigInt.asUintN(64, BigInt(status)), false);
      return paginateFiltered(ctx, state.byStatus, pagination, ([, id]) => keep(id), prefix);
    }
    return paginateFiltered(ctx, state.contributions, pagination, (id) => keep(id));
  })();
  return { contributions: page.items, pagination: page.pagination };
}
