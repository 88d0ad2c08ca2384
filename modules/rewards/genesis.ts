import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import type { Emission, PendingWeight } from '../../proto/generated/infinet/rewards/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import type { ContributionStream } from './formulas.ts';
import { exportRecord, exportSummary, readAccount, readRecord, readSummary } from './genesisHistory.ts';
import { exportParams, readParams } from './genesisParams.ts';
import { exportPayout, readPayout } from './genesisPayouts.ts';
import { asNumbers, keeper } from './keeper.ts';
import {
  claimables,
  demand,
  emission,
  params,
  payouts,
  pendingWeights,
  records,
  summaries,
  verifierWork,
} from './state.ts';

export function initGenesis(ctx: Context, addresses: AddressCodec, state: unknown): void {
  const genesis = new JsonNode(state, 'app_state.rewards');
  params.set(ctx, readParams(genesis.field('params')));
  emission.set(ctx, readEmission(genesis.field('emission')));
  const fading = genesis.field('demand');
  if (!fading.isAbsent) {
    const of = (name: ContributionStream) => fading.field(name).integer().toString();
    demand.set(ctx, { data: of('data'), model: of('model'), compute: of('compute'), expertise: of('expertise') });
  }
  for (const node of genesis.field('records').list()) {
    const record = readRecord(node, addresses);
    records.set(ctx, record.contributionId, record);
  }
  for (const node of genesis.field('payouts').list()) {
    const payout = readPayout(node);
    payouts.set(ctx, payout.epoch, payout);
  }
  for (const node of genesis.field('pending_weights').list()) {
    const weight = readWeight(node, addresses);
    node.read(() => takeWeight(ctx, node, weight));
  }
  for (const node of genesis.field('verifier_work').list()) {
    const operator = readAccount(node.field('operator'), addresses);
    verifierWork.set(ctx, operator, { units: node.field('units').u64(), fees: node.field('fees').u64() });
  }
  let owed = 0n;
  for (const node of genesis.field('claimables').list()) {
    const amount = node.field('amount').u64();
    claimables.set(ctx, readAccount(node.field('account'), addresses), amount);
    owed += amount;
  }
  const { unclaimed } = emission.require(ctx);
  if (owed !== unclaimed) genesis.field('claimables').fail(`sum to ${owed}, emission.unclaimed is ${unclaimed}`);
  for (const node of genesis.field('epochs').list()) {
    const summary = readSummary(node);
    summaries.set(ctx, summary.epoch, summary);
  }
}

/** A weight of the open epoch counts in its sums; one of an epoch that is being paid only waits. */
function takeWeight(ctx: Context, node: JsonNode, weight: PendingWeight): void {
  if (weight.epoch === 0n || weight.epoch === emission.require(ctx).epoch) {
    keeper.addWeight(ctx, weight);
    return;
  }
  if (!payouts.has(ctx, weight.epoch)) node.field('epoch').fail(`epoch ${weight.epoch} is not being paid`);
  pendingWeights.set(ctx, [weight.epoch, weight.contributionId], weight);
}

/** Absent on a new chain: then the first block begins epoch 1. */
function readEmission(node: JsonNode): Emission {
  const u64 = (name: string, otherwise = 0n): bigint => (node.isAbsent ? otherwise : node.field(name).u64());
  return {
    epoch: u64('epoch', 1n),
    epochStart: u64('epoch_start'),
    scheduled: u64('scheduled'),
    issued: u64('issued'),
    reserve: u64('reserve'),
    community: u64('community'),
    claimed: u64('claimed'),
    unclaimed: u64('unclaimed'),
    staleEpochs: u64('stale_epochs'),
    paying: node.isAbsent ? 0n : node.field('paying').u64(0n),
  };
}

function readWeight(node: JsonNode, addresses: AddressCodec): PendingWeight {
  const kind = node.field('kind').u32();
  if (kind !== 1 && kind !== 2 && kind !== 3 && kind !== 4) return node.field('kind').fail('not a contribution kind');
  return {
    contributionId: node.field('contribution_id').u64(),
    kind,
    beneficiary: readAccount(node.field('beneficiary'), addresses),
    weight: node.field('weight').u64(),
    epoch: node.field('epoch').u64(0n),
    shares: node
      .field('shares')
      .list()
      .map((share) => ({
        beneficiary: readAccount(share.field('beneficiary'), addresses),
        microShare: share.field('micro_share').u64(),
      })),
  };
}

export function exportGenesis(ctx: Context, addresses: AddressCodec): unknown {
  const open = emission.require(ctx);
  return {
    params: exportParams(params.require(ctx)),
    emission: {
      epoch: open.epoch.toString(),
      epoch_start: open.epochStart.toString(),
      scheduled: open.scheduled.toString(),
      issued: open.issued.toString(),
      reserve: open.reserve.toString(),
      community: open.community.toString(),
      claimed: open.claimed.toString(),
      unclaimed: open.unclaimed.toString(),
      stale_epochs: open.staleEpochs.toString(),
      paying: open.paying.toString(),
    },
    demand: Object.fromEntries(Object.entries(asNumbers(demand.get(ctx))).map(([name, sum]) => [name, sum.toString()])),
    pending_weights: [...pendingWeights.walk(ctx)].map(([, pending]) => ({
      contribution_id: pending.contributionId.toString(),
      kind: pending.kind,
      beneficiary: addresses.accountText(pending.beneficiary),
      weight: pending.weight.toString(),
      epoch: pending.epoch.toString(),
      shares: pending.shares.map(({ beneficiary, microShare }) => ({
        beneficiary: addresses.accountText(beneficiary),
        micro_share: microShare.toString(),
      })),
    })),
    payouts: [...payouts.walk(ctx)].map(([, payout]) => exportPayout(payout)),
    verifier_work: [...verifierWork.walk(ctx)].map(([operator, { units, fees }]) => ({
      operator: addresses.accountText(operator),
      units: units.toString(),
      fees: fees.toString(),
    })),
    claimables: [...claimables.walk(ctx)].map(([account, amount]) => ({
      account: addresses.accountText(account),
      amount: amount.toString(),
    })),
    epochs: [...summaries.walk(ctx)].map(([, summary]) => exportSummary(summary)),
    records: [...records.walk(ctx)].map(([, record]) => exportRecord(record, addresses)),
  };
}
