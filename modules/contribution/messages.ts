/** Messages with their stateless checks, for the state machine, the client SDK and the indexer. */
import { type ErrorKind, ensure } from '../../chain/errors.ts';
import { isDenom } from '../../chain/math/coins.ts';
import { isAmount } from '../../chain/math/integer.ts';
import type { MessageType } from '../../chain/message.ts';
import type { Coin } from '../../proto/generated/cosmos/base/v1beta1/coin.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import * as tx from '../../proto/generated/infinet/contribution/v1/tx.ts';
import type { WorkClaim } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { HASH_BYTES } from '../../training/merkle.ts';
import * as bounds from './bounds.ts';
import { contributionErrors as errors } from './errors.ts';
import { SALT_BYTES } from './formulas.ts';

export const msgCreateObjective: MessageType<tx.MsgCreateObjective, tx.MsgCreateObjectiveResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgCreateObjective',
  request: tx.MsgCreateObjective,
  response: tx.MsgCreateObjectiveResponse,
  validate: (message) => {
    const error = errors.invalidObjective;
    bounds.checkTitle(message.title, error, 'title');
    bounds.checkKind(message.kind, error);
    bounds.checkWord(message.metric, error, 'metric');
    if (message.learner !== '') bounds.checkWord(message.learner, error, 'learner');
    checkSchema(message.schema);
    bounds.checkHoldouts(message.holdouts, error);
    if (message.reference !== undefined) bounds.checkArtifact(message.reference, error, 'reference');
    bounds.checkPpm(message.qualityGatePpm, error, 'quality_gate_ppm');
    bounds.checkPpm(message.baselinePpm, error, 'baseline_ppm');
    ensure(message.baselinePpm < bounds.PPM, error, 'baseline_ppm: nothing can be better than a perfect baseline');
    checkCoin(message.budget, error, 'budget');
    checkCoin(message.bond, error, 'bond');
    bounds.checkRounds(message, error);
    bounds.checkRubric(message.rubric, message.kind, error);
    const { deadlineHeight, roundBlocks } = message;
    ensure(deadlineHeight > 0n || roundBlocks > 0n, error, 'deadline_height: missing');
    ensure(deadlineHeight === 0n || roundBlocks === 0n, error, 'deadline_height: rounds give it');
  },
};

export const msgCancelObjective: MessageType<tx.MsgCancelObjective, tx.MsgCancelObjectiveResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgCancelObjective',
  request: tx.MsgCancelObjective,
  response: tx.MsgCancelObjectiveResponse,
};

export const msgCommitContribution: MessageType<tx.MsgCommitContribution, tx.MsgCommitContributionResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgCommitContribution',
  request: tx.MsgCommitContribution,
  response: tx.MsgCommitContributionResponse,
  validate: ({ commitment }) =>
    ensure(
      commitment.length === HASH_BYTES,
      errors.invalidCommitment,
      `commitment: ${commitment.length} bytes, must be ${HASH_BYTES}`,
    ),
};

export const msgSubmitContribution: MessageType<tx.MsgSubmitContribution, tx.MsgSubmitContributionResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgSubmitContribution',
  request: tx.MsgSubmitContribution,
  response: tx.MsgSubmitContributionResponse,
  validate: (message) => {
    const error = errors.invalidSubmission;
    ensure(message.salt.length === SALT_BYTES, error, `salt: ${message.salt.length} bytes, must be ${SALT_BYTES}`);
    bounds.checkKind(message.kind, error);
    ensure(message.manifest !== undefined, errors.invalidManifest, 'manifest: missing');
    bounds.checkManifest(message.manifest, message.kind);
    const parents = message.parents.length;
    ensure(parents <= bounds.MAX_PARENTS, error, `parents: ${parents} ids, at most ${bounds.MAX_PARENTS}`);
    ensure(bounds.isAscending(message.parents), error, 'parents: not strictly ascending');
    bounds.checkLicense(message.license, error);
    checkCoin(message.deposit, error, 'deposit');
    checkWork(message.kind, message.work);
  },
};

export const msgOpenShard: MessageType<tx.MsgOpenShard, tx.MsgOpenShardResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgOpenShard',
  request: tx.MsgOpenShard,
  response: tx.MsgOpenShardResponse,
  validate: ({ salt, shard }) => {
    const error = errors.invalidObjective;
    ensure(salt.length === SALT_BYTES, error, `salt: ${salt.length} bytes, must be ${SALT_BYTES}`);
    ensure(shard !== undefined, error, 'shard: missing');
    bounds.checkArtifact(shard, error, 'shard');
    ensure(shard.uris.length > 0, error, 'shard.uris: at least one is needed');
  },
};

export const msgAppeal: MessageType<tx.MsgAppeal, tx.MsgAppealResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgAppeal',
  request: tx.MsgAppeal,
  response: tx.MsgAppealResponse,
  validate: ({ deposit }) => checkCoin(deposit, errors.appealDepositTooSmall, 'deposit'),
};

export const msgAppendRecords: MessageType<tx.MsgAppendRecords, tx.MsgAppendRecordsResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgAppendRecords',
  request: tx.MsgAppendRecords,
  response: tx.MsgAppendRecordsResponse,
  validate: ({ deposit, manifest, salt }) => {
    const error = errors.invalidSubmission;
    ensure(salt.length === SALT_BYTES, error, `salt: ${salt.length} bytes, must be ${SALT_BYTES}`);
    ensure(manifest !== undefined, errors.invalidManifest, 'manifest: missing');
    bounds.checkManifest(manifest, ContributionKind.CONTRIBUTION_KIND_DATA);
    checkCoin(deposit, error, 'deposit');
  },
};

export const msgSetStreamDevices: MessageType<tx.MsgSetStreamDevices, tx.MsgSetStreamDevicesResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgSetStreamDevices',
  request: tx.MsgSetStreamDevices,
  response: tx.MsgSetStreamDevicesResponse,
  validate: ({ devices }) => {
    const error = errors.invalidSubmission;
    ensure(devices.length <= bounds.MAX_DEVICES, error, `devices: ${devices.length}, at most ${bounds.MAX_DEVICES}`);
    const sorted = devices.every((device, at) => at === 0 || device > (devices[at - 1] ?? device));
    ensure(sorted, error, 'devices: not strictly ascending');
  },
};

export const msgUpdateManifest: MessageType<tx.MsgUpdateManifest, tx.MsgUpdateManifestResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgUpdateManifest',
  request: tx.MsgUpdateManifest,
  response: tx.MsgUpdateManifestResponse,
  validate: ({ uris }) => {
    ensure(uris.length > 0, errors.invalidManifest, 'uris: at least one is needed');
    bounds.checkUris(uris, errors.invalidManifest, 'uris');
  },
};

export const msgWithdrawContribution: MessageType<tx.MsgWithdrawContribution, tx.MsgWithdrawContributionResponse> = {
  typeUrl: '/infinet.contribution.v1.MsgWithdrawContribution',
  request: tx.MsgWithdrawContribution,
  response: tx.MsgWithdrawContributionResponse,
};

function checkWork(kind: ContributionKind, work: WorkClaim | undefined): void {
  const error = errors.invalidSubmission;
  const wanted = kind === ContributionKind.CONTRIBUTION_KIND_COMPUTE;
  ensure(wanted === (work !== undefined), error, 'work: belongs to COMPUTE, and only to it');
  if (work === undefined) return;
  const fits = work.firstUnit >= 1n && work.firstUnit <= work.lastUnit;
  ensure(fits, error, `work: units ${work.firstUnit} to ${work.lastUnit} are none`);
}

/** Decimal digits only and 256 bits at most; zero is fine here, minimums need the parameters. */
function checkCoin(coin: Coin | undefined, kind: ErrorKind, path: string): void {
  ensure(coin !== undefined, kind, `${path}: missing`);
  ensure(isDenom(coin.denom), kind, `${path}.denom: invalid`);
  ensure(/^(0|[1-9]\d{0,77})$/.test(coin.amount), kind, `${path}.amount: not an unsigned integer`);
  ensure(isAmount(BigInt(coin.amount)), kind, `${path}.amount: more than 256 bits`);
}

/** @throws `contribution` 22 unless the schema is empty or a JSON object in UTF-8 */
export function checkSchema(schema: Uint8Array): void {
  const error = errors.invalidObjective;
  ensure(schema.length <= bounds.MAX_SCHEMA_BYTES, error, `schema: over ${bounds.MAX_SCHEMA_BYTES} bytes`);
  if (schema.length > 0) ensure(isJsonObject(schema), error, 'schema: not a JSON object in UTF-8');
}

function isJsonObject(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
