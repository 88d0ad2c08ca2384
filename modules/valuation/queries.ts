import type { Context } from '../../chain/context.ts';
import { type QueryRoute, query } from '../../chain/message.ts';
import { orRefuse, queryInvalid, queryNotFound } from '../../chain/queryErrors.ts';
import * as q from '../../proto/generated/infinet/valuation/v1/query.ts';
import type { Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { explainSteps } from './explain.ts';
import { formulaText } from './formulas.ts';
import type { ValuationKeeper } from './keeper.ts';
import * as state from './state.ts';

const service = '/infinet.valuation.v1.Query';

export function valuationQueries(keeper: ValuationKeeper, addresses: AddressCodec): QueryRoute[] {
  const find = (ctx: Context, id: bigint): Valuation =>
    keeper.get(ctx, id) ?? queryNotFound(`valuation of contribution ${id} not found`);
  return [
    query(`${service}/Params`, q.QueryParamsRequest, q.QueryParamsResponse, (ctx) => ({
      params: state.params.require(ctx),
    })),
    query(`${service}/Valuation`, q.QueryValuationRequest, q.QueryValuationResponse, (ctx, { contributionId }) => ({
      valuation: find(ctx, contributionId),
    })),
    query(`${service}/Explain`, q.QueryExplainRequest, q.QueryExplainResponse, (ctx, { contributionId }) => {
      const valuation = find(ctx, contributionId);
      const round = state.rounds.get(ctx, valuation.roundId);
      return { valuation, formula: formulaText(valuation.kind), steps: explainSteps(valuation, round), round };
    }),
    query(`${service}/Round`, q.QueryRoundRequest, q.QueryRoundResponse, (ctx, { id }) => ({
      round: state.rounds.get(ctx, id) ?? queryNotFound(`round ${id} not found`),
    })),
    query(`${service}/Reputation`, q.QueryReputationRequest, q.QueryReputationResponse, (ctx, { address }) => {
      const bytes = orRefuse(() => addresses.account(address), queryInvalid);
      return { reputation: keeper.reputation(ctx, bytes) };
    }),
  ];
}
