import type { JsonNode } from '../../chain/json/node.ts';
import type { EpochSummary, RewardRecord } from '../../proto/generated/infinet/rewards/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';

/** Closed epochs and explained rewards in exported states; a new chain has none. */

export function readSummary(node: JsonNode): EpochSummary {
  const u64 = (name: string): bigint => node.field(name).u64();
  return {
    epoch: u64('epoch'),
    height: u64('height'),
    startTime: u64('start_time'),
    endTime: u64('end_time'),
    halvings: u64('halvings'),
    cap: u64('cap'),
    indexPpm: u64('index_ppm'),
    indexStale: node.field('index_stale').flag(),
    paused: node.field('paused').flag(),
    valueLimit: u64('value_limit'),
    supplyLimit: u64('supply_limit'),
    drawLimit: u64('draw_limit'),
    budget: u64('budget'),
    limit: node.field('limit').text(),
    paid: u64('paid'),
    streams: node
      .field('streams')
      .list()
      .map((stream) => ({
        name: stream.field('name').text(),
        budget: stream.field('budget').u64(),
        weight: stream.field('weight').integer().toString(),
        paid: stream.field('paid').u64(),
        returned: stream.field('returned').u64(),
      })),
    dust: u64('dust'),
    reserve: u64('reserve'),
    lapsed: u64('lapsed'),
    scheduled: u64('scheduled'),
    issued: u64('issued'),
    unclaimed: u64('unclaimed'),
    balance: node.field('balance').integer().toString(),
    swept: node.field('swept').integer().toString(),
  };
}

export function exportSummary(summary: EpochSummary): unknown {
  return {
    epoch: summary.epoch.toString(),
    height: summary.height.toString(),
    start_time: summary.startTime.toString(),
    end_time: summary.endTime.toString(),
    halvings: summary.halvings.toString(),
    cap: summary.cap.toString(),
    index_ppm: summary.indexPpm.toString(),
    index_stale: summary.indexStale,
    paused: summary.paused,
    value_limit: summary.valueLimit.toString(),
    supply_limit: summary.supplyLimit.toString(),
    draw_limit: summary.drawLimit.toString(),
    budget: summary.budget.toString(),
    limit: summary.limit,
    paid: summary.paid.toString(),
    streams: summary.streams.map(({ name, budget, weight, paid, returned }) => ({
      name,
      budget: budget.toString(),
      weight,
      paid: paid.toString(),
      returned: returned.toString(),
    })),
    dust: summary.dust.toString(),
    reserve: summary.reserve.toString(),
    lapsed: summary.lapsed.toString(),
    scheduled: summary.scheduled.toString(),
    issued: summary.issued.toString(),
    unclaimed: summary.unclaimed.toString(),
    balance: summary.balance,
    swept: summary.swept,
  };
}

export function readRecord(node: JsonNode, addresses: AddressCodec): RewardRecord {
  return {
    contributionId: node.field('contribution_id').u64(),
    stream: node.field('stream').text(),
    epoch: node.field('epoch').u64(),
    weight: node.field('weight').u64(),
    streamBudget: node.field('stream_budget').u64(),
    streamWeight: node.field('stream_weight').integer().toString(),
    rate: node.field('rate').u64(),
    rateBound: node.field('rate_bound').flag(),
    streamDemand: node.field('stream_demand').integer().toString(),
    amount: node.field('amount').u64(),
    payments: node
      .field('payments')
      .list()
      .map((payment) => ({
        beneficiary: readAccount(payment.field('beneficiary'), addresses),
        amount: payment.field('amount').u64(),
      })),
  };
}

export function exportRecord(record: RewardRecord, addresses: AddressCodec): unknown {
  return {
    contribution_id: record.contributionId.toString(),
    stream: record.stream,
    epoch: record.epoch.toString(),
    weight: record.weight.toString(),
    stream_budget: record.streamBudget.toString(),
    stream_weight: record.streamWeight,
    stream_demand: record.streamDemand,
    rate: record.rate.toString(),
    rate_bound: record.rateBound,
    amount: record.amount.toString(),
    payments: record.payments.map(({ beneficiary, amount }) => ({
      beneficiary: addresses.accountText(beneficiary),
      amount: amount.toString(),
    })),
  };
}

export function readAccount(node: JsonNode, addresses: AddressCodec): Uint8Array {
  return node.read(() => addresses.account(node.text()));
}
