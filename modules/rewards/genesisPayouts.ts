import type { JsonNode } from '../../chain/json/node.ts';
import type { Payout } from '../../proto/generated/infinet/rewards/v1/types.ts';

/** Epochs that an exported state was in the middle of paying; a new chain has none. */
export function readPayout(node: JsonNode): Payout {
  return {
    epoch: node.field('epoch').u64(),
    streams: node
      .field('streams')
      .list()
      .map((stream) => ({
        name: stream.field('name').text(),
        budget: stream.field('budget').u64(),
        weight: stream.field('weight').integer().toString(),
        paid: stream.field('paid').u64(),
        rate: stream.field('rate').u64(),
        rateBound: stream.field('rate_bound').flag(),
        left: stream.field('left').u64(),
        demand: stream.field('demand').integer().toString(),
      })),
  };
}

export function exportPayout({ epoch, streams }: Payout): unknown {
  return {
    epoch: epoch.toString(),
    streams: streams.map(({ name, budget, weight, demand, paid, rate, rateBound, left }) => ({
      name,
      budget: budget.toString(),
      weight,
      paid: paid.toString(),
      rate: rate.toString(),
      rate_bound: rateBound,
      left: left.toString(),
      demand,
    })),
  };
}
