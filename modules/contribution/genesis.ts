/** `app_state.contribution` in protobuf's JSON (snake_case, 64-bit integers as text, bytes in base64), both ways. */
import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Commitment,
  type Contribution,
  ContributionStatus,
  type Params,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { storeCommitment } from './commitments.ts';
import { readContribution, writeContribution } from './genesisContribution.ts';
import { bytesText, coinOr, enumOf } from './genesisFields.ts';
import { readObjective, writeObjective } from './genesisObjective.ts';
import { readStream, restoreLinks, restoreRound, writeRound, writeStream } from './genesisRounds.ts';
import { countHeld } from './invariants.ts';
import { openObjective } from './objectives.ts';
import { index } from './record.ts';
import * as state from './state.ts';
import { enumName } from './words.ts';

const defaults = {
  commitmentLifetimeBlocks: 1_000n,
  appealWindowBlocks: 20n,
  maxArtifactBytes: 268_435_456n,
  shardWindowBlocks: 1_000n,
  appendIntervalBlocks: 10n,
  maxStreamVersions: 100_000n,
};

/** Kinds that verifiers, peers or the chain itself can assess; models come out of runs. */
const assessableKinds = [
  ContributionKind.CONTRIBUTION_KIND_DATA,
  ContributionKind.CONTRIBUTION_KIND_COMPUTE,
  ContributionKind.CONTRIBUTION_KIND_EXPERTISE,
];

/** Throws with the path of the wrong field. */
export function initGenesis(ctx: Context, addresses: AddressCodec, json: unknown): void {
  const root = new JsonNode(json, 'app_state.contribution');
  const params = readParams(root.field('params'));
  state.params.set(ctx, params);
  const nothing = { denom: params.minDeposit?.denom ?? '', amount: '0' };
  let nextObjective = 1n;
  for (const node of root.field('objectives').list()) {
    const objective = readObjective(node, nextObjective, nothing);
    if (objective.id < nextObjective) node.field('id').fail(`ids ascend, expected ${nextObjective} or more`);
    if (objective.creator !== '') node.field('creator').read(() => addresses.account(objective.creator));
    openObjective(ctx, objective);
    nextObjective = objective.id + 1n;
  }
  state.objectiveIds.set(ctx, nextObjective);
  let nextContribution = 1n;
  for (const node of root.field('contributions').list()) {
    const contribution = readContribution(node, nothing);
    if (contribution.id < nextContribution) node.field('id').fail(`ids ascend, expected ${nextContribution} or more`);
    const address = node.field('contributor').read(() => addresses.account(contribution.contributor));
    restore(ctx, node, contribution, address);
    nextContribution = contribution.id + 1n;
  }
  state.contributionIds.set(ctx, nextContribution);
  for (const node of root.field('commitments').list()) {
    const commitment = readCommitment(node);
    const address = node.field('contributor').read(() => addresses.account(commitment.contributor));
    storeCommitment(ctx, address, commitment);
  }
  for (const node of root.field('rounds').list()) restoreRound(ctx, node);
  for (const node of root.field('streams').list()) {
    const stream = readStream(node);
    if (!state.contributions.has(ctx, stream.id)) node.field('id').fail('no such contribution');
    node.field('owner').read(() => addresses.account(stream.owner));
    state.streams.set(ctx, stream.id, stream);
  }
  state.held.set(ctx, countHeld(ctx));
}

export function exportGenesis(ctx: Context): unknown {
  return {
    params: writeParams(state.params.require(ctx)),
    objectives: [...state.objectives.walk(ctx)].map(([, objective]) => writeObjective(objective)),
    contributions: [...state.contributions.walk(ctx)].map(([id, contribution]) => ({
      ...writeContribution(contribution),
      waits: state.waiting.has(ctx, [contribution.objectiveId, contribution.round, id]),
      holds_root: state.byRoot.get(ctx, contribution.manifest?.contentRoot ?? new Uint8Array()) === id,
    })),
    commitments: [...state.commitments.walk(ctx)].map(([, commitment]) => ({
      contributor: commitment.contributor,
      commitment: bytesText(commitment.commitment),
      height: commitment.height.toString(),
      expires_height: commitment.expiresHeight.toString(),
    })),
    rounds: [...state.rounds.walk(ctx)].map(([, round]) => writeRound(ctx, round)),
    streams: [...state.streams.walk(ctx)].map(([, stream]) => writeStream(stream)),
  };
}

function readParams(node: JsonNode): Params {
  const kinds = node.field('submittable_kinds');
  const minDeposit = node.field('min_deposit').coin();
  const times = (factor: bigint) => ({ ...minDeposit, amount: (BigInt(minDeposit.amount) * factor).toString() });
  return {
    minDeposit,
    minObjectiveBond: node.field('min_objective_bond').coin(),
    commitmentLifetimeBlocks: node.field('commitment_lifetime_blocks').u64(defaults.commitmentLifetimeBlocks),
    appealWindowBlocks: node.field('appeal_window_blocks').u64(defaults.appealWindowBlocks),
    maxArtifactBytes: node.field('max_artifact_bytes').u64(defaults.maxArtifactBytes),
    submittableKinds: kinds.isAbsent
      ? [...assessableKinds]
      : kinds.list().map((kind) => enumOf(kind, ContributionKind)),
    appealDeposit: coinOr(node.field('appeal_deposit'), times(5n)),
    minObjectiveBudget: coinOr(node.field('min_objective_budget'), { ...minDeposit, amount: '1' }),
    shardWindowBlocks: node.field('shard_window_blocks').u64(defaults.shardWindowBlocks),
    appendIntervalBlocks: node.field('append_interval_blocks').u64(defaults.appendIntervalBlocks),
    maxStreamVersions: node.field('max_stream_versions').u64(defaults.maxStreamVersions),
  };
}

function writeParams(params: Params): unknown {
  return {
    min_deposit: params.minDeposit,
    min_objective_bond: params.minObjectiveBond,
    commitment_lifetime_blocks: params.commitmentLifetimeBlocks.toString(),
    appeal_window_blocks: params.appealWindowBlocks.toString(),
    max_artifact_bytes: params.maxArtifactBytes.toString(),
    submittable_kinds: params.submittableKinds.map((kind) => enumName(ContributionKind, kind)),
    appeal_deposit: params.appealDeposit,
    min_objective_budget: params.minObjectiveBudget,
    shard_window_blocks: params.shardWindowBlocks.toString(),
    append_interval_blocks: params.appendIntervalBlocks.toString(),
    max_stream_versions: params.maxStreamVersions.toString(),
  };
}

/** `holds_root` is false for contributions that lost their root to another one. */
function restore(ctx: Context, node: JsonNode, contribution: Contribution, address: Uint8Array): void {
  const root = contribution.manifest?.contentRoot ?? new Uint8Array();
  if (!state.objectives.has(ctx, contribution.objectiveId)) node.field('objective_id').fail('no such objective');
  for (const parent of contribution.parents) {
    if (!state.contributions.has(ctx, parent))
      node.field('parents').fail(`contribution ${parent} does not come before`);
  }
  index(ctx, contribution, address);
  restoreLinks(ctx, contribution, node.field('waits').flagOr(false));
  if (node.field('holds_root').flagOr(true)) {
    if (state.byRoot.has(ctx, root)) node.field('manifest').field('content_root').fail('held by an earlier one');
    state.byRoot.set(ctx, root, contribution.id);
  }
  const waiting: ContributionStatus[] = [
    ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED,
    ContributionStatus.CONTRIBUTION_STATUS_REJECTED,
  ];
  if (waiting.includes(contribution.status)) state.finalQueue.add(ctx, [contribution.finalHeight, contribution.id]);
}

function readCommitment(node: JsonNode): Commitment {
  return {
    contributor: node.field('contributor').text(),
    commitment: node.field('commitment').bytes(),
    height: node.field('height').u64(),
    expiresHeight: node.field('expires_height').u64(),
  };
}
