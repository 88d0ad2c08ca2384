import { describe, expect, it } from 'vitest';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { MsgCreateObjective, MsgSubmitContribution } from '../../proto/generated/infinet/contribution/v1/tx.ts';
import { type Manifest, Visibility } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { alice, objective, refusal, submission } from './fixture.ts';
import * as messages from './messages.ts';

const sent = submission('a');
const withManifest = (change: Partial<Manifest>): MsgSubmitContribution => {
  if (sent.manifest === undefined) throw new Error('the fixture has a manifest');
  return { ...sent, manifest: { ...sent.manifest, ...change } };
};

function problemOf<T>(type: { validate?(message: T): void }, message: T): unknown {
  try {
    type.validate?.(message);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('MsgSubmitContribution before it reaches the mempool', () => {
  const uri = 'https://example.org/';
  const cases: [string, Partial<Manifest>, string][] = [
    ['a short root', { contentRoot: new Uint8Array(31) }, 'content_root: 31 bytes'],
    ['no bytes at all', { sizeBytes: 0n }, 'size_bytes'],
    ['a media type in capitals', { mediaType: 'Text/CSV' }, 'media_type'],
    ['a media type without subtype', { mediaType: 'text' }, 'media_type'],
    ['half a schema hash', { schemaHash: new Uint8Array(16) }, 'schema_hash'],
    ['no URI', { uris: [] }, 'uris: at least one'],
    ['nine URIs', { uris: Array.from({ length: 9 }, (_, at) => uri + at) }, 'uris: 9 URIs'],
    ['a URI of 513 characters', { uris: [uri.padEnd(513, 'x')] }, 'uris[0]: 513 characters'],
    ['a script as URI', { uris: ['javascript:alert(1)'] }, 'uris[0]: not a URI'],
    ['a URI with a line break', { uris: [`${uri}\nx`] }, 'uris[0]: not a URI'],
    ['the same URI twice', { uris: [uri, uri] }, 'uris[1]: repeats'],
    ['no visibility', { visibility: Visibility.VISIBILITY_UNSPECIFIED }, 'visibility'],
    ['encryption without envelope', { visibility: Visibility.VISIBILITY_ENCRYPTED }, 'encryption_envelope'],
    ['an envelope in the open', { encryptionEnvelope: new Uint8Array(3) }, 'encryption_envelope'],
    [
      'an envelope of 1,025 bytes',
      { visibility: Visibility.VISIBILITY_ENCRYPTED, encryptionEnvelope: new Uint8Array(1025) },
      'encryption_envelope: 1025 bytes',
    ],
    ['a model signature on data', { modelSignature: new Uint8Array(64) }, 'model_signature: only for MODEL'],
    ['a sketch that descends', { sketch: [2n, 1n] }, 'sketch: not strictly ascending'],
    ['a sketch that repeats', { sketch: [1n, 1n] }, 'sketch: not strictly ascending'],
    ['a sketch of 33 values', { sketch: Array.from({ length: 33 }, (_, at) => BigInt(at)) }, 'sketch: 33 values'],
    ['no title', { title: '' }, 'title: 0 bytes'],
    ['a title of 129 bytes', { title: `${'é'.repeat(64)}x` }, 'title: 129 bytes'],
    ['a title with a bell', { title: 'ring\u0007' }, 'title: has control characters'],
  ];
  it.each(cases)('refuses a manifest with %s', (_name, change, detail) => {
    expect(problemOf(messages.msgSubmitContribution, withManifest(change))).toEqual(refusal(21, detail));
  });

  it('refuses a missing manifest', () => {
    expect(problemOf(messages.msgSubmitContribution, { ...sent, manifest: undefined })).toEqual(refusal(21, 'missing'));
  });

  const others: [string, Partial<MsgSubmitContribution>, string][] = [
    ['a salt of 31 bytes', { salt: new Uint8Array(31) }, 'salt: 31 bytes'],
    ['no kind', { kind: ContributionKind.CONTRIBUTION_KIND_UNSPECIFIED }, 'kind: 0'],
    ['parents out of order', { parents: [2n, 1n] }, 'parents: not strictly ascending'],
    ['17 parents', { parents: Array.from({ length: 17 }, (_, at) => BigInt(at + 1)) }, 'parents: 17 ids'],
    ['no licence', { license: '' }, 'license'],
    ['no deposit', { deposit: undefined }, 'deposit: missing'],
    ['a negative deposit', { deposit: { denom: 'uinf', amount: '-1' } }, 'deposit.amount'],
    ['a hexadecimal deposit', { deposit: { denom: 'uinf', amount: '0x64' } }, 'deposit.amount'],
    ['a deposit beyond 256 bits', { deposit: { denom: 'uinf', amount: (1n << 256n).toString() } }, 'deposit.amount'],
    ['a deposit of nothing nameable', { deposit: { denom: '', amount: '1' } }, 'deposit.denom'],
  ];
  it.each(others)('refuses %s', (_name, change, detail) => {
    expect(problemOf(messages.msgSubmitContribution, { ...sent, ...change })).toEqual(refusal(23, detail));
  });

  it('lets a complete submission, an encrypted one and a signed model pass', () => {
    const encrypted = { visibility: Visibility.VISIBILITY_ENCRYPTED, encryptionEnvelope: new Uint8Array(48) };
    const model = { ...withManifest({ modelSignature: new Uint8Array(64) }), kind: 2 as const };
    for (const message of [sent, withManifest(encrypted), model]) {
      expect(problemOf(messages.msgSubmitContribution, message)).toBeUndefined();
    }
  });
});

describe('MsgCreateObjective before it reaches the mempool', () => {
  const shard = { root: new Uint8Array(32), sizeBytes: 1n, uris: [] };
  const cases: [string, Partial<MsgCreateObjective>, string][] = [
    ['no title', { title: '' }, 'title'],
    ['a metric that is no word', { metric: 'KNN Shapley' }, 'metric'],
    ['a learner that is no word', { learner: '1nn' }, 'learner'],
    ['a schema that is not JSON', { schema: Buffer.from('{') }, 'schema: not a JSON object'],
    ['a schema that is a list', { schema: Buffer.from('[]') }, 'schema: not a JSON object'],
    ['a schema that is not UTF-8', { schema: Uint8Array.of(0x22, 0xff, 0x22) }, 'schema: not a JSON object'],
    ['a schema over 8 KiB', { schema: Buffer.from(`{"a":"${'x'.repeat(8192)}"}`) }, 'schema: over 8192'],
    ['17 shards', { holdouts: Array.from({ length: 17 }, () => shard) }, 'holdouts: 17 shards'],
    ['a shard with a short root', { holdouts: [{ ...shard, root: new Uint8Array(4) }] }, 'holdouts[0].root: 4 bytes'],
    ['a reference without bytes', { reference: { ...shard, sizeBytes: 0n } }, 'reference.size_bytes'],
    ['a gate above one', { qualityGatePpm: 1_000_001n }, 'quality_gate_ppm'],
    ['a perfect baseline', { baselinePpm: 1_000_000n }, 'baseline_ppm'],
    ['no budget', { budget: undefined }, 'budget: missing'],
    ['a bond with a sign', { bond: { denom: 'uinf', amount: '+5' } }, 'bond.amount'],
    ['no deadline', { deadlineHeight: 0n }, 'deadline_height'],
  ];
  it.each(cases)('refuses %s', (_name, change, detail) => {
    expect(problemOf(messages.msgCreateObjective, objective(change))).toEqual(refusal(22, detail));
  });
});

it('a commitment has 32 bytes', () => {
  const message = { contributor: alice.text, commitment: new Uint8Array(33) };
  expect(problemOf(messages.msgCommitContribution, message)).toEqual(refusal(24, '33 bytes'));
});

it('new mirrors obey the same limits as the first ones', () => {
  const update = (uris: string[]) => ({ contributor: alice.text, contributionId: 1n, uris });
  expect(problemOf(messages.msgUpdateManifest, update([]))).toEqual(refusal(21, 'at least one'));
  expect(problemOf(messages.msgUpdateManifest, update(['gopher://x']))).toEqual(refusal(21, 'uris[0]'));
});
