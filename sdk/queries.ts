import * as beacon from '../proto/generated/infinet/beacon/v1/query.ts';
import * as contribution from '../proto/generated/infinet/contribution/v1/query.ts';
import * as oracle from '../proto/generated/infinet/oracle/v1/query.ts';
import * as rewards from '../proto/generated/infinet/rewards/v1/query.ts';
import * as valuation from '../proto/generated/infinet/valuation/v1/query.ts';
import * as verification from '../proto/generated/infinet/verification/v1/query.ts';

/** Queries of the beacon module, for `Querier.ask`. */
export const beaconQueries = {
  round: {
    path: '/infinet.beacon.v1.Query/Round',
    request: beacon.QueryRoundRequest,
    response: beacon.QueryRoundResponse,
  },
  current: {
    path: '/infinet.beacon.v1.Query/Current',
    request: beacon.QueryCurrentRequest,
    response: beacon.QueryCurrentResponse,
  },
  keys: {
    path: '/infinet.beacon.v1.Query/Keys',
    request: beacon.QueryKeysRequest,
    response: beacon.QueryKeysResponse,
  },
  params: {
    path: '/infinet.beacon.v1.Query/Params',
    request: beacon.QueryParamsRequest,
    response: beacon.QueryParamsResponse,
  },
} as const;

/** Queries of the contribution module, for `Querier.ask`. */
export const contributionQueries = {
  params: {
    path: '/infinet.contribution.v1.Query/Params',
    request: contribution.QueryParamsRequest,
    response: contribution.QueryParamsResponse,
  },
  contribution: {
    path: '/infinet.contribution.v1.Query/Contribution',
    request: contribution.QueryContributionRequest,
    response: contribution.QueryContributionResponse,
  },
  contributionByRoot: {
    path: '/infinet.contribution.v1.Query/ContributionByRoot',
    request: contribution.QueryContributionByRootRequest,
    response: contribution.QueryContributionResponse,
  },
  contributions: {
    path: '/infinet.contribution.v1.Query/Contributions',
    request: contribution.QueryContributionsRequest,
    response: contribution.QueryContributionsResponse,
  },
  objective: {
    path: '/infinet.contribution.v1.Query/Objective',
    request: contribution.QueryObjectiveRequest,
    response: contribution.QueryObjectiveResponse,
  },
  objectives: {
    path: '/infinet.contribution.v1.Query/Objectives',
    request: contribution.QueryObjectivesRequest,
    response: contribution.QueryObjectivesResponse,
  },
  commitments: {
    path: '/infinet.contribution.v1.Query/Commitments',
    request: contribution.QueryCommitmentsRequest,
    response: contribution.QueryCommitmentsResponse,
  },
  ancestors: {
    path: '/infinet.contribution.v1.Query/Ancestors',
    request: contribution.QueryLineageRequest,
    response: contribution.QueryLineageResponse,
  },
  descendants: {
    path: '/infinet.contribution.v1.Query/Descendants',
    request: contribution.QueryLineageRequest,
    response: contribution.QueryLineageResponse,
  },
  rounds: {
    path: '/infinet.contribution.v1.Query/Rounds',
    request: contribution.QueryRoundsRequest,
    response: contribution.QueryRoundsResponse,
  },
  stream: {
    path: '/infinet.contribution.v1.Query/Stream',
    request: contribution.QueryStreamRequest,
    response: contribution.QueryStreamResponse,
  },
} as const;

/** Queries of the oracle module, for `Querier.ask`. */
export const oracleQueries = {
  price: {
    path: '/infinet.oracle.v1.Query/Price',
    request: oracle.QueryPriceRequest,
    response: oracle.QueryPriceResponse,
  },
  prices: {
    path: '/infinet.oracle.v1.Query/Prices',
    request: oracle.QueryPricesRequest,
    response: oracle.QueryPricesResponse,
  },
  misses: {
    path: '/infinet.oracle.v1.Query/Misses',
    request: oracle.QueryMissesRequest,
    response: oracle.QueryMissesResponse,
  },
  params: {
    path: '/infinet.oracle.v1.Query/Params',
    request: oracle.QueryParamsRequest,
    response: oracle.QueryParamsResponse,
  },
} as const;

/** Queries of the rewards module, for `Querier.ask`. */
export const rewardsQueries = {
  epochSummary: {
    path: '/infinet.rewards.v1.Query/EpochSummary',
    request: rewards.QueryEpochSummaryRequest,
    response: rewards.QueryEpochSummaryResponse,
  },
  rewardExplanation: {
    path: '/infinet.rewards.v1.Query/RewardExplanation',
    request: rewards.QueryRewardExplanationRequest,
    response: rewards.QueryRewardExplanationResponse,
  },
  claimable: {
    path: '/infinet.rewards.v1.Query/Claimable',
    request: rewards.QueryClaimableRequest,
    response: rewards.QueryClaimableResponse,
  },
  emission: {
    path: '/infinet.rewards.v1.Query/Emission',
    request: rewards.QueryEmissionRequest,
    response: rewards.QueryEmissionResponse,
  },
  params: {
    path: '/infinet.rewards.v1.Query/Params',
    request: rewards.QueryParamsRequest,
    response: rewards.QueryParamsResponse,
  },
  supplyAudit: {
    path: '/infinet.rewards.v1.Query/SupplyAudit',
    request: rewards.QuerySupplyAuditRequest,
    response: rewards.QuerySupplyAuditResponse,
  },
} as const;

/** Queries of the valuation module, for `Querier.ask`. */
export const valuationQueries = {
  valuation: {
    path: '/infinet.valuation.v1.Query/Valuation',
    request: valuation.QueryValuationRequest,
    response: valuation.QueryValuationResponse,
  },
  explain: {
    path: '/infinet.valuation.v1.Query/Explain',
    request: valuation.QueryExplainRequest,
    response: valuation.QueryExplainResponse,
  },
  round: {
    path: '/infinet.valuation.v1.Query/Round',
    request: valuation.QueryRoundRequest,
    response: valuation.QueryRoundResponse,
  },
  reputation: {
    path: '/infinet.valuation.v1.Query/Reputation',
    request: valuation.QueryReputationRequest,
    response: valuation.QueryReputationResponse,
  },
} as const;

/** Queries of the verification module, for `Querier.ask`. */
export const verificationQueries = {
  params: {
    path: '/infinet.verification.v1.Query/Params',
    request: verification.QueryParamsRequest,
    response: verification.QueryParamsResponse,
  },
  verifier: {
    path: '/infinet.verification.v1.Query/Verifier',
    request: verification.QueryVerifierRequest,
    response: verification.QueryVerifierResponse,
  },
  verifiers: {
    path: '/infinet.verification.v1.Query/Verifiers',
    request: verification.QueryVerifiersRequest,
    response: verification.QueryVerifiersResponse,
  },
  task: {
    path: '/infinet.verification.v1.Query/Task',
    request: verification.QueryTaskRequest,
    response: verification.QueryTaskResponse,
  },
  tasks: {
    path: '/infinet.verification.v1.Query/Tasks',
    request: verification.QueryTasksRequest,
    response: verification.QueryTasksResponse,
  },
  tasksForOperator: {
    path: '/infinet.verification.v1.Query/TasksForOperator',
    request: verification.QueryTasksForOperatorRequest,
    response: verification.QueryTasksForOperatorResponse,
  },
  run: {
    path: '/infinet.verification.v1.Query/Run',
    request: verification.QueryRunRequest,
    response: verification.QueryRunResponse,
  },
  runs: {
    path: '/infinet.verification.v1.Query/Runs',
    request: verification.QueryRunsRequest,
    response: verification.QueryRunsResponse,
  },
  dispute: {
    path: '/infinet.verification.v1.Query/Dispute',
    request: verification.QueryDisputeRequest,
    response: verification.QueryDisputeResponse,
  },
  disputes: {
    path: '/infinet.verification.v1.Query/Disputes',
    request: verification.QueryDisputesRequest,
    response: verification.QueryDisputesResponse,
  },
  runPrice: {
    path: '/infinet.verification.v1.Query/RunPrice',
    request: verification.QueryRunPriceRequest,
    response: verification.QueryRunPriceResponse,
  },
} as const;
