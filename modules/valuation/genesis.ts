/** `app_state.valuation` in protobuf's JSON (snake_case, 64-bit integers as text), both ways; may be absent. */
import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { Params, Reputation, Valuation } from '../../proto/generated/infinet/valuation/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { enumOf, readCriterion } from '../contribution/genesisFields.ts';
import { enumName } from '../contribution/words.ts';
import { PPM } from './formulas.ts';
import { exportRounds, initRounds } from './genesisRounds.ts';
import * as state from './state.ts';

/** A tenth of a reward goes to what it was made from; what waits is valued together after about ten minutes. */
const defaultParams: Params = { parentsSharePpm: 100_000n, roundBlocks: 600n, usualRows: 1_000n };

/** What one contribution may have at most, and far more than a round needs. */
const MOST_ROWS = 1_000_000n;

/** Throws with the path of the wrong field. */
export function initGenesis(ctx: Context, addresses: AddressCodec, json: unknown): void {
  const root = new JsonNode(json, 'app_state.valuation');
  const params = root.isAbsent ? undefined : root.field('params');
  state.params.set(ctx, params === undefined || params.isAbsent ? defaultParams : readParams(params));
  if (root.isAbsent) return;
  initRounds(ctx, root);
  for (const node of root.field('valuations').list()) {
    const valuation = readValuation(node);
    node.field('beneficiary').read(() => addresses.account(valuation.beneficiary));
    state.valuations.set(ctx, valuation.contributionId, valuation);
  }
  for (const node of root.field('reputations').list()) {
    const reputation = readReputation(node);
    const address = node.field('address').read(() => addresses.account(reputation.address));
    state.reputations.set(ctx, address, reputation);
  }
}

export function exportGenesis(ctx: Context): unknown {
  return {
    params: writeParams(state.params.require(ctx)),
    valuations: [...state.valuations.walk(ctx)].map(([, valuation]) => writeValuation(valuation)),
    reputations: [...state.reputations.walk(ctx)].map(([, reputation]) => writeReputation(reputation)),
    ...exportRounds(ctx),
  };
}

function writeParams({ parentsSharePpm, roundBlocks, usualRows }: Params): unknown {
  return {
    parents_share_ppm: parentsSharePpm.toString(),
    round_blocks: roundBlocks.toString(),
    usual_rows: usualRows.toString(),
  };
}

function readParams(node: JsonNode): Params {
  const parentsSharePpm = node.field('parents_share_ppm').u64(defaultParams.parentsSharePpm);
  if (parentsSharePpm > PPM) node.field('parents_share_ppm').fail(`above ${PPM}, which is everything`);
  const usualRows = node.field('usual_rows').u64(defaultParams.usualRows);
  if (usualRows < 1n || usualRows > MOST_ROWS) node.field('usual_rows').fail(`not between 1 and ${MOST_ROWS}`);
  return { parentsSharePpm, roundBlocks: node.field('round_blocks').u64(defaultParams.roundBlocks), usualRows };
}

function readValuation(node: JsonNode): Valuation {
  const metric = (entry: JsonNode) => ({ name: entry.field('name').text(), value: entry.field('value').integer() });
  return {
    contributionId: node.field('contribution_id').u64(),
    kind: enumOf(node.field('kind'), ContributionKind),
    objectiveId: node.field('objective_id').u64(),
    beneficiary: node.field('beneficiary').text(),
    metrics: node.field('metrics').list().map(metric),
    qualityGatePpm: node.field('quality_gate_ppm').u64(0n),
    baselinePpm: node.field('baseline_ppm').u64(0n),
    qualityPpm: node.field('quality_ppm').u64(0n),
    impactMicro: node.field('impact_micro').integer(),
    passed: node.field('passed').flag(),
    reason: node.field('reason').textOr(''),
    weight: node.field('weight').u64(),
    emission: node.field('emission').flag(),
    settled: node.field('settled').flag(),
    appraisedHeight: node.field('appraised_height').u64(),
    settledHeight: node.field('settled_height').u64(0n),
    parentShares: node
      .field('parent_shares')
      .list()
      .map((share) => ({ address: share.field('address').text(), sharePpm: share.field('share_ppm').u64() })),
    deductedWeight: node.field('deducted_weight').u64(0n),
    rubric: node.field('rubric').list().map(readCriterion),
    roundId: node.field('round_id').u64(0n),
    joint: node.field('joint').flagOr(false),
    shardRound: node.field('shard_round').u64(0n),
  };
}

function writeValuation(valuation: Valuation): unknown {
  return {
    contribution_id: valuation.contributionId.toString(),
    kind: enumName(ContributionKind, valuation.kind),
    objective_id: valuation.objectiveId.toString(),
    beneficiary: valuation.beneficiary,
    metrics: valuation.metrics.map(({ name, value }) => ({ name, value: value.toString() })),
    quality_gate_ppm: valuation.qualityGatePpm.toString(),
    baseline_ppm: valuation.baselinePpm.toString(),
    quality_ppm: valuation.qualityPpm.toString(),
    impact_micro: valuation.impactMicro.toString(),
    passed: valuation.passed,
    reason: valuation.reason,
    weight: valuation.weight.toString(),
    emission: valuation.emission,
    settled: valuation.settled,
    appraised_height: valuation.appraisedHeight.toString(),
    settled_height: valuation.settledHeight.toString(),
    parent_shares: valuation.parentShares.map(({ address, sharePpm }) => ({
      address,
      share_ppm: sharePpm.toString(),
    })),
    deducted_weight: valuation.deductedWeight.toString(),
    rubric: valuation.rubric,
    round_id: valuation.roundId.toString(),
    joint: valuation.joint,
    shard_round: valuation.shardRound.toString(),
  };
}

function readReputation(node: JsonNode): Reputation {
  return {
    address: node.field('address').text(),
    accepted: node.field('accepted').u64(0n),
    rejected: node.field('rejected').u64(0n),
    weight: node.field('weight').u64(0n),
    seatsServed: node.field('seats_served').u64(0n),
    seatsMissed: node.field('seats_missed').u64(0n),
    disputesWon: node.field('disputes_won').u64(0n),
    disputesLost: node.field('disputes_lost').u64(0n),
  };
}

function writeReputation(reputation: Reputation): unknown {
  return {
    address: reputation.address,
    accepted: reputation.accepted.toString(),
    rejected: reputation.rejected.toString(),
    weight: reputation.weight.toString(),
    seats_served: reputation.seatsServed.toString(),
    seats_missed: reputation.seatsMissed.toString(),
    disputes_won: reputation.disputesWon.toString(),
    disputes_lost: reputation.disputesLost.toString(),
  };
}
