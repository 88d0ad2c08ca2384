import { contributionCommitment } from '../../../modules/contribution/formulas.ts';
import * as messages from '../../../modules/contribution/messages.ts';
import { commitments, contributions, objectives } from '../../../modules/contribution/state.ts';
import { ContributionKind } from '../../../proto/generated/infinet/contribution/v1/kind.ts';
import { Visibility } from '../../../proto/generated/infinet/contribution/v1/types.ts';
import { sha256 } from '../../../training/merkle.ts';
import { type Actor, actorOf, denom, digest, users } from '../actors.ts';
import { schema } from '../genesis.ts';
import type { Random } from '../random.ts';
import { type Act, amount, draft, type View, valuesOf } from '../view.ts';

const salt = digest('salt');

/** What an account has to offer at a height: some offer the same as others. */
function rootOf({ name }: Actor, height: bigint): Uint8Array {
  return digest(height % 7n === 0n ? `common ${height}` : `table of ${name} at ${height}`);
}

const commit: Act = (random, { height }) => {
  const signer = random.pick(users);
  // The tx goes into the next block, and that is the height that the chain keeps.
  const commitment = random.oneIn(15)
    ? random.bytes(random.pick([0, 31, 32]))
    : contributionCommitment(rootOf(signer, height + 1n), signer.address, salt);
  return draft(signer, messages.msgCommitContribution, { contributor: signer.text, commitment });
};

const submit: Act = (random, view) => {
  const open = valuesOf(commitments, view);
  if (open.length === 0) return undefined;
  const { contributor, height } = random.pick(open);
  const signer = random.oneIn(15) ? random.pick(users) : actorOf(contributor);
  const ids = idsOf(view, contributions);
  const parents = random.oneIn(3) && ids.length > 0 ? [random.pick(ids)] : [];
  return draft(signer, messages.msgSubmitContribution, {
    contributor: signer.text,
    salt,
    kind: random.oneIn(12) ? ContributionKind.CONTRIBUTION_KIND_MODEL : ContributionKind.CONTRIBUTION_KIND_DATA,
    objectiveId: random.oneIn(4) ? random.between(0n, 6n) : 1n,
    manifest: {
      contentRoot: rootOf(signer, height),
      sizeBytes: random.oneIn(12) ? random.between(0n, 1n << 63n) : 5_200n,
      mediaType: 'text/csv',
      schemaHash: random.oneIn(8) ? random.bytes(32) : random.oneIn(3) ? new Uint8Array() : sha256(Buffer.from(schema)),
      uris: ['https://example.org/data.csv'],
      visibility: Visibility.VISIBILITY_PUBLIC,
      encryptionEnvelope: new Uint8Array(),
      modelSignature: new Uint8Array(),
      sketch: sketch(random),
      title: `Table ${random.below(1000)}`,
    },
    parents: random.oneIn(15) ? [random.between(0n, 1n << 63n)] : parents,
    license: 'CC0-1.0',
    deposit: { denom: random.oneIn(15) ? 'other' : denom, amount: random.oneIn(6) ? amount(random, 200n) : '150' },
  });
};

/** Ascending; many share values, as near-duplicates do. */
function sketch(random: Random): bigint[] {
  const values = new Set(Array.from({ length: random.below(8) }, () => random.between(1n, 40n)));
  return [...values].sort((a, b) => (a < b ? -1 : 1));
}

function idsOf(view: View, table: typeof contributions | typeof objectives): bigint[] {
  return [...table.walk(view.ctx)].map(([id]) => id);
}

const someContribution = (random: Random, view: View) => {
  const all = valuesOf(contributions, view);
  return all.length === 0 ? undefined : random.pick(all);
};

const updateManifest: Act = (random, view) => {
  const found = someContribution(random, view);
  if (found === undefined) return undefined;
  const signer = random.oneIn(8) ? random.pick(users) : actorOf(found.contributor);
  const uris = random.oneIn(8) ? [] : [`https://example.org/${random.below(100)}`];
  return draft(signer, messages.msgUpdateManifest, { contributor: signer.text, contributionId: found.id, uris });
};

const withdraw: Act = (random, view) => {
  const found = someContribution(random, view);
  if (found === undefined) return undefined;
  const signer = random.oneIn(8) ? random.pick(users) : actorOf(found.contributor);
  return draft(signer, messages.msgWithdrawContribution, { contributor: signer.text, contributionId: found.id });
};

const createObjective: Act = (random, view) => {
  const signer = random.pick(users);
  return draft(signer, messages.msgCreateObjective, {
    creator: signer.text,
    title: 'Irises',
    kind: random.pick([
      ContributionKind.CONTRIBUTION_KIND_DATA,
      ContributionKind.CONTRIBUTION_KIND_MODEL,
      ContributionKind.UNRECOGNIZED,
    ]),
    metric: 'knn_shapley',
    schema: Buffer.from(random.oneIn(10) ? '[' : schema),
    holdouts: [{ root: digest('shard'), sizeBytes: 900n, uris: ['https://example.org/shard.csv'] }],
    reference: undefined,
    learner: 'knn',
    qualityGatePpm: random.between(0n, 1_050_000n),
    baselinePpm: 0n,
    budget: { denom, amount: amount(random, 5_000n) },
    bond: { denom, amount: random.oneIn(4) ? amount(random, 2_000n) : '1000' },
    deadlineHeight: view.height + random.between(0n, 30n),
  });
};

const cancelObjective: Act = (random, view) => {
  const mine = valuesOf(objectives, view).filter(({ creator }) => creator !== '');
  if (mine.length === 0) return undefined;
  const { id, creator } = random.pick(mine);
  const signer = random.oneIn(6) ? random.pick(users) : actorOf(creator);
  return draft(signer, messages.msgCancelObjective, { creator: signer.text, objectiveId: id });
};

export const contributionActs: readonly Act[] = [
  commit,
  commit,
  submit,
  submit,
  submit,
  updateManifest,
  withdraw,
  createObjective,
  cancelObjective,
];
