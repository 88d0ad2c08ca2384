/** Limits on every field that a client fills in; stateless, so that they hold before the mempool. */
import { type ErrorKind, ensure } from '../../chain/errors.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Artifact,
  type Criterion,
  type Manifest,
  Visibility,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import { HASH_BYTES } from '../../training/merkle.ts';
import { contributionErrors as errors } from './errors.ts';
import { SKETCH_VALUES } from './formulas.ts';

export const MAX_URIS = 8;
export const MAX_URI_LENGTH = 512;
export const MAX_TITLE_BYTES = 128;
export const MAX_ENVELOPE_BYTES = 1024;
export const MAX_SIGNATURE_BYTES = 1024;
export const MAX_PARENTS = 16;
export const MAX_HOLDOUTS = 16;
export const MAX_SCHEMA_BYTES = 8192;
export const MAX_CRITERIA = 16;
export const MAX_CRITERION_WEIGHT = 1000;
export const MAX_DEVICES = 16;
/** Blocks of one round at most: about two months at half a second a block. */
export const MAX_ROUND_BLOCKS = 10_000_000n;
export const PPM = 1_000_000n;

const uriShape = /^(https?|ipfs|s3|file):[\x21-\x7e]+$/;
const mediaTypeShape = /^[a-z0-9]+\/[a-z0-9][a-z0-9.+-]{0,99}$/;
const licenseShape = /^[A-Za-z0-9][A-Za-z0-9.+() -]{0,63}$/;
/** Metrics that the chain makes of the peers' scores. */
const reservedWords = ['agreement_range', 'alpha', 'judges'];
const wordShape = /^[a-z][a-z0-9_]{0,31}$/;

/** `empty` URIs are only for artifacts whose place is announced later. */
export function checkUris(uris: readonly string[], kind: ErrorKind, path: string): void {
  ensure(uris.length <= MAX_URIS, kind, `${path}: ${uris.length} URIs, at most ${MAX_URIS}`);
  uris.forEach((uri, at) => {
    ensure(uri.length <= MAX_URI_LENGTH, kind, `${path}[${at}]: ${uri.length} characters, at most ${MAX_URI_LENGTH}`);
    ensure(uriShape.test(uri), kind, `${path}[${at}]: not a URI of http, https, ipfs, s3 or file in printable ASCII`);
    ensure(uris.indexOf(uri) === at, kind, `${path}[${at}]: repeats an earlier one`);
  });
}

export function checkTitle(title: string, kind: ErrorKind, path: string): void {
  const bytes = Buffer.byteLength(title, 'utf8');
  ensure(bytes >= 1 && bytes <= MAX_TITLE_BYTES, kind, `${path}: ${bytes} bytes, must be 1 to ${MAX_TITLE_BYTES}`);
  ensure(!/\p{Cc}/u.test(title), kind, `${path}: has control characters`);
}

export function checkWord(word: string, kind: ErrorKind, path: string): void {
  ensure(wordShape.test(word), kind, `${path}: not a lower-case word of at most 32 characters`);
}

export function checkPpm(value: bigint, kind: ErrorKind, path: string): void {
  ensure(value >= 0n && value <= PPM, kind, `${path}: ${value} is not 0 to ${PPM} (10^-6)`);
}

export function checkArtifact(artifact: Artifact, kind: ErrorKind, path: string): void {
  ensure(
    artifact.root.length === HASH_BYTES,
    kind,
    `${path}.root: ${artifact.root.length} bytes, must be ${HASH_BYTES}`,
  );
  ensure(artifact.sizeBytes > 0n, kind, `${path}.size_bytes: must be positive`);
  checkUris(artifact.uris, kind, `${path}.uris`);
}

export function checkHoldouts(shards: readonly Artifact[], kind: ErrorKind): void {
  ensure(shards.length <= MAX_HOLDOUTS, kind, `holdouts: ${shards.length} shards, at most ${MAX_HOLDOUTS}`);
  for (const [at, shard] of shards.entries()) checkArtifact(shard, kind, `holdouts[${at}]`);
}

/** Rounds need a commitment each and no shard that everybody sees; without rounds nothing is committed to. */
export function checkRounds(
  objective: {
    readonly kind: ContributionKind;
    readonly roundBlocks: bigint;
    readonly shardCommitments: readonly Uint8Array[];
    readonly holdouts: readonly Artifact[];
  },
  error: ErrorKind,
): void {
  const { holdouts, roundBlocks, shardCommitments: shards } = objective;
  ensure(roundBlocks <= MAX_ROUND_BLOCKS, error, `round_blocks: ${roundBlocks}, at most ${MAX_ROUND_BLOCKS}`);
  const isData = objective.kind === ContributionKind.CONTRIBUTION_KIND_DATA;
  ensure(roundBlocks === 0n || isData, error, 'round_blocks: only DATA is valued in rounds with shards');
  ensure(roundBlocks > 0n === shards.length > 0, error, 'shard_commitments: one for each round, and only with rounds');
  ensure(shards.length <= MAX_HOLDOUTS, error, `shard_commitments: ${shards.length}, at most ${MAX_HOLDOUTS}`);
  ensure(roundBlocks === 0n || holdouts.length === 0, error, 'holdouts: none are shown where shards are committed to');
  for (const [at, shard] of shards.entries()) {
    ensure(
      shard.length === HASH_BYTES,
      error,
      `shard_commitments[${at}]: ${shard.length} bytes, must be ${HASH_BYTES}`,
    );
  }
}

/** What peers score: at least one criterion for EXPERTISE, sorted by name, none for other kinds. */
export function checkRubric(rubric: readonly Criterion[], kind: ContributionKind, error: ErrorKind): void {
  const wanted = kind === ContributionKind.CONTRIBUTION_KIND_EXPERTISE;
  ensure(rubric.length > 0 === wanted, error, 'rubric: belongs to EXPERTISE, and only to it');
  ensure(rubric.length <= MAX_CRITERIA, error, `rubric: ${rubric.length} criteria, at most ${MAX_CRITERIA}`);
  let previous = '';
  for (const [at, { name, weight }] of rubric.entries()) {
    checkWord(name, error, `rubric[${at}].name`);
    ensure(!reservedWords.includes(name), error, `rubric[${at}].name: ${name} is what the chain reports itself`);
    ensure(name > previous, error, `rubric[${at}].name: not sorted, or stands twice`);
    const fits = weight >= 1 && weight <= MAX_CRITERION_WEIGHT;
    ensure(fits, error, `rubric[${at}].weight: ${weight} is not 1 to ${MAX_CRITERION_WEIGHT}`);
    previous = name;
  }
}

export function checkLicense(license: string, kind: ErrorKind): void {
  ensure(licenseShape.test(license), kind, 'license: not an SPDX expression of 1 to 64 characters');
}

export function checkKind(kind: ContributionKind, error: ErrorKind): void {
  ensure(
    kind >= ContributionKind.CONTRIBUTION_KIND_DATA && kind <= ContributionKind.CONTRIBUTION_KIND_EXPERTISE,
    error,
    `kind: ${kind} is none of DATA, MODEL, COMPUTE, EXPERTISE`,
  );
}

/** @throws `contribution` 21 with the path of the field */
export function checkManifest(manifest: Manifest, kind: ContributionKind): void {
  const error = errors.invalidManifest;
  const root = manifest.contentRoot.length;
  ensure(root === HASH_BYTES, error, `content_root: ${root} bytes, must be ${HASH_BYTES}`);
  ensure(manifest.sizeBytes > 0n, error, 'size_bytes: must be positive');
  ensure(mediaTypeShape.test(manifest.mediaType), error, 'media_type: not of the form text/csv');
  const schema = manifest.schemaHash.length;
  ensure(schema === 0 || schema === HASH_BYTES, error, `schema_hash: ${schema} bytes, must be 0 or ${HASH_BYTES}`);
  const isWork = kind === ContributionKind.CONTRIBUTION_KIND_COMPUTE;
  ensure(manifest.uris.length > 0 || isWork, error, 'uris: at least one is needed');
  checkUris(manifest.uris, error, 'uris');
  checkTitle(manifest.title, error, 'title');
  checkEncryption(manifest);
  const signature = manifest.modelSignature.length;
  ensure(
    signature <= MAX_SIGNATURE_BYTES,
    error,
    `model_signature: ${signature} bytes, at most ${MAX_SIGNATURE_BYTES}`,
  );
  ensure(
    signature === 0 || kind === ContributionKind.CONTRIBUTION_KIND_MODEL,
    error,
    'model_signature: only for MODEL',
  );
  checkSketch(manifest.sketch);
}

function checkEncryption(manifest: Manifest): void {
  const error = errors.invalidManifest;
  const envelope = manifest.encryptionEnvelope.length;
  ensure(
    envelope <= MAX_ENVELOPE_BYTES,
    error,
    `encryption_envelope: ${envelope} bytes, at most ${MAX_ENVELOPE_BYTES}`,
  );
  const encrypted = manifest.visibility === Visibility.VISIBILITY_ENCRYPTED;
  const open = manifest.visibility === Visibility.VISIBILITY_PUBLIC;
  ensure(encrypted || open, error, `visibility: ${manifest.visibility} is neither PUBLIC nor ENCRYPTED`);
  ensure(encrypted === envelope > 0, error, 'encryption_envelope: belongs to ENCRYPTED, and only to it');
}

function checkSketch(sketch: readonly bigint[]): void {
  const error = errors.invalidManifest;
  ensure(sketch.length <= SKETCH_VALUES, error, `sketch: ${sketch.length} values, at most ${SKETCH_VALUES}`);
  ensure(isAscending(sketch), error, 'sketch: not strictly ascending');
}

export function isAscending(values: readonly bigint[]): boolean {
  return values.every((value, at) => at === 0 || value > (values[at - 1] ?? value));
}
