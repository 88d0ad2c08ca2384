import type { JsonNode } from '../../chain/json/node.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Appeal,
  type Contribution,
  ContributionStatus,
  type WorkClaim,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import { checkKind, checkManifest } from './bounds.ts';
import { contributionErrors as errors } from './errors.ts';
import { coinOr, enumOf, readManifest, writeManifest } from './genesisFields.ts';
import { enumName } from './words.ts';

export function readContribution(node: JsonNode, nothing: Coin): Contribution {
  const kind = enumOf(node.field('kind'), ContributionKind);
  const manifest = readManifest(node.field('manifest'));
  node.field('kind').read(() => checkKind(kind, errors.invalidSubmission));
  node.field('manifest').read(() => checkManifest(manifest, kind));
  const appeal = node.field('appeal');
  const work = node.field('work');
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
    round: node.field('round').u64(0n),
    forfeit: node.field('forfeit').flagOr(false),
    appeal: appeal.isAbsent ? undefined : readAppeal(appeal),
    streamId: node.field('stream_id').u64(0n),
    version: node.field('version').u64(1n),
    previousVersion: node.field('previous_version').u64(0n),
    work: work.isAbsent ? undefined : readWork(work),
  };
}

export function writeContribution(contribution: Contribution) {
  const { appeal, work } = contribution;
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
    round: contribution.round.toString(),
    forfeit: contribution.forfeit,
    appeal: appeal && writeAppeal(appeal),
    stream_id: contribution.streamId.toString(),
    version: contribution.version.toString(),
    previous_version: contribution.previousVersion.toString(),
    work: work && writeWork(work),
  };
}

function readAppeal(node: JsonNode): Appeal {
  return {
    appellant: node.field('appellant').text(),
    deposit: node.field('deposit').coin(),
    taskId: node.field('task_id').u64(),
    height: node.field('height').u64(),
    result: node.field('result').text(),
  };
}

function writeAppeal({ appellant, deposit, height, result, taskId }: Appeal) {
  return { appellant, deposit, task_id: taskId.toString(), height: height.toString(), result };
}

function readWork(node: JsonNode): WorkClaim {
  return {
    runId: node.field('run_id').u64(),
    firstUnit: node.field('first_unit').u64(),
    lastUnit: node.field('last_unit').u64(),
  };
}

function writeWork({ firstUnit, lastUnit, runId }: WorkClaim) {
  return { run_id: runId.toString(), first_unit: firstUnit.toString(), last_unit: lastUnit.toString() };
}
