/** `app_state.contribution` in protobuf's JSON (snake_case, 64-bit integers as text, bytes in base64), both ways. */
import type { Context } from '../../chain/context.ts';
import { JsonNode } from '../../chain/json/node.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Commitment,
  type Contribution,
  ContributionStatus,
  type Params,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { checkKind, checkManifest } from './bounds.ts';
import { storeCommitment } from './commitments.ts';
import { contributionErrors as errors } from './errors.ts';
import { bytesText, coinOr, enumOf, readManifest, writeManifest } from './genesisFields.ts';
import { readObjective, writeObjective } from './genesisObjective.ts';
import { countHeld } from './invariants.ts';
import { openObjective } from './objectives.ts';
import { index } from './record.ts';
import * as state from './state.ts';
import { enumName } from './words.ts';

const defaults = {
  commitmentLifetimeBlocks: 1_000n,
  appealWindowBlocks: 20n,
  maxArtifactBytes: 268_435_456n,
};

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
  state.held.set(ctx, countHeld(ctx));
}

export function exportGenesis(ctx: Context): unknown {
  return {
    params: writeParams(state.params.require(ctx)),
    objectives: [...state.objectives.walk(ctx)].map(([, objective]) => writeObjective(objective)),
    contributions: [...state.contributions.walk(ctx)].map(([id, contribution]) => ({
      ...writeContribution(contribution),
      holds_root: state.byRoot.get(ctx, contribution.manifest?.contentRoot ?? new Uint8Array()) === id,
    })),
    commitments: [...state.commitments.walk(ctx)].map(([, commitment]) => ({
      contributor: commitment.contributor,
      commitment: bytesText(commitment.commitment),
      height: commitment.height.toString(),
      expires_height: commitment.expiresHeight.toString(),
    })),
  };
}

function readParams(node: JsonNode): Params {
  const kinds = node.field('submittable_kinds');
  return {
    minDeposit: node.field('min_deposit').coin(),
    minObjectiveBond: node.field('min_objective_bond').coin(),
    commitmentLifetimeBlocks: node.field('commitment_lifetime_blocks').u64(defaults.commitmentLifetimeBlocks),
    appealWindowBlocks: node.field('appeal_window_blocks').u64(defaults.appealWindowBlocks),
    maxArtifactBytes: node.field('max_artifact_bytes').u64(defaults.maxArtifactBytes),
    submittableKinds: kinds.isAbsent
      ? [ContributionKind.CONTRIBUTION_KIND_DATA]
      : kinds.list().map((kind) => enumOf(kind, ContributionKind)),
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
  };
}

function readContribution(node: JsonNode, nothing: Coin): Contribution {
  const kind = enumOf(node.field('kind'), ContributionKind);
  const manifest = readManifest(node.field('manifest'));
  node.field('kind').read(() => checkKind(kind, errors.invalidSubmission));
  node.field('manifest').read(() => checkManifest(manifest, kind));
  return {
    id: node.field('id').u64(),
    contributor: node.field('contributor').text(),
    kind,
    objectiveId: node.field('objective_id').u64(),
    manifest,
    parents: node
      .field('parents')
      .list()
      .map((parent) => parent.u64()),
    license: node.field('license').textOr(''),
    status: enumOf(node.field('status'), ContributionStatus),
    accepted: node.field('accepted').flagOr(false),
    reason: node.field('reason').textOr(''),
    deposit: coinOr(node.field('deposit'), nothing),
    taskId: node.field('task_id').u64(0n),
    runId: node.field('run_id').u64(0n),
    committedHeight: node.field('committed_height').u64(0n),
    submittedHeight: node.field('submitted_height').u64(0n),
    assessedHeight: node.field('assessed_height').u64(0n),
    finalHeight: node.field('final_height').u64(0n),
    similar: node
      .field('similar')
      .list()
      .map((similar) => ({
        contributionId: similar.field('contribution_id').u64(),
        similarityPpm: similar.field('similarity_ppm').u64(),
      })),
  };
}

function writeContribution(contribution: Contribution) {
  return {
    id: contribution.id.toString(),
    contributor: contribution.contributor,
    kind: enumName(ContributionKind, contribution.kind),
    objective_id: contribution.objectiveId.toString(),
    manifest: writeManifest(contribution.manifest),
    parents: contribution.parents.map(String),
    license: contribution.license,
    status: enumName(ContributionStatus, contribution.status),
    accepted: contribution.accepted,
    reason: contribution.reason,
    deposit: contribution.deposit,
    task_id: contribution.taskId.toString(),
    run_id: contribution.runId.toString(),
    committed_height: contribution.committedHeight.toString(),
    submitted_height: contribution.submittedHeight.toString(),
    assessed_height: contribution.assessedHeight.toString(),
    final_height: contribution.finalHeight.toString(),
    similar: contribution.similar.map(({ contributionId, similarityPpm }) => ({
      contribution_id: contributionId.toString(),
      similarity_ppm: similarityPpm.toString(),
    })),
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
