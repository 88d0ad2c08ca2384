import { contributionCommitment, shardCommitment, workRoot } from '../../../modules/contribution/formulas.ts';
import * as messages from '../../../modules/contribution/messages.ts';
import { commitments, contributions, objectives, rounds, streams } from '../../../modules/contribution/state.ts';
import { runs } from '../../../modules/verification/state.ts';
import { ContributionKind } from '../../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  ContributionStatus,
  type Manifest,
  RoundStatus,
  Visibility,
} from '../../../proto/generated/infinet/contribution/v1/types.ts';
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
    objectiveId: random.oneIn(2) ? random.pick([0n, ...idsOf(view, objectives)]) : 1n,
    manifest: manifest(random, rootOf(signer, height)),
    parents: random.oneIn(15) ? [random.between(0n, 1n << 63n)] : parents,
    license: 'CC0-1.0',
    deposit: deposit(random),
    versionOf: random.oneIn(6) && ids.length > 0 ? random.pick(ids) : 0n,
    work: undefined,
  });
};

function manifest(random: Random, contentRoot: Uint8Array): Manifest {
  return {
    contentRoot,
    sizeBytes: random.oneIn(12) ? random.between(0n, 1n << 63n) : 5_200n,
    mediaType: 'text/csv',
    schemaHash: random.oneIn(8) ? random.bytes(32) : random.oneIn(3) ? new Uint8Array() : sha256(Buffer.from(schema)),
    uris: ['https://example.org/data.csv'],
    visibility: Visibility.VISIBILITY_PUBLIC,
    encryptionEnvelope: new Uint8Array(),
    modelSignature: new Uint8Array(),
    sketch: sketch(random),
    title: `Table ${random.below(1000)}`,
  };
}

function deposit(random: Random) {
  return { denom: random.oneIn(15) ? 'other' : denom, amount: random.oneIn(6) ? amount(random, 200n) : '150' };
}

/** Units of a trainer's accepted run, sometimes more than it has, or somebody else's. */
const commitWork: Act = (random, view) => {
  const claim = someWork(random, view);
  if (claim === undefined) return undefined;
  const signer = random.oneIn(8) ? random.pick(users) : actorOf(claim.trainer);
  const root = workRoot(claim.runId, claim.firstUnit, claim.lastUnit);
  const commitment = contributionCommitment(root, signer.address, salt);
  return draft(signer, messages.msgCommitContribution, { contributor: signer.text, commitment });
};

const submitWork: Act = (random, view) => {
  const claim = someWork(random, view);
  if (claim === undefined) return undefined;
  const { firstUnit, lastUnit, runId } = claim;
  const root = workRoot(runId, firstUnit, lastUnit);
  const signers = [actorOf(claim.trainer), ...users];
  const signer = signers.find(({ address }) => {
    return commitments.has(view.ctx, [address, contributionCommitment(root, address, salt)]);
  });
  if (signer === undefined) return undefined;
  const contentRoot = random.oneIn(20) ? random.bytes(32) : root;
  return draft(signer, messages.msgSubmitContribution, {
    contributor: signer.text,
    salt,
    kind: ContributionKind.CONTRIBUTION_KIND_COMPUTE,
    objectiveId: 3n,
    manifest: { ...manifest(random, contentRoot), uris: [], sizeBytes: 1n, schemaHash: new Uint8Array() },
    parents: [],
    license: 'CC0-1.0',
    deposit: deposit(random),
    versionOf: 0n,
    work: { runId, firstUnit, lastUnit },
  });
};

/** Always the same ranges of a run, so that a commitment to one meets its submission. */
function someWork(random: Random, view: View) {
  const all = valuesOf(runs, view);
  if (all.length === 0) return undefined;
  const { id: runId, trainer, units } = random.pick(all);
  const [firstUnit, lastUnit] = random.pick([
    [1n, units],
    [1n, 1n],
    [1n, units + 1n],
  ] as const);
  return { runId, trainer, firstUnit, lastUnit };
}

/** Own rejections, others' acceptances; now and then what cannot be appealed. */
const appeal: Act = (random, view) => {
  const decided = valuesOf(contributions, view).filter(({ status }) => {
    const { CONTRIBUTION_STATUS_ACCEPTED: accepted, CONTRIBUTION_STATUS_REJECTED: rejected } = ContributionStatus;
    return status === accepted || status === rejected || random.oneIn(20);
  });
  if (decided.length === 0) return undefined;
  const { accepted, contributor, id } = random.pick(decided);
  const signer = accepted || random.oneIn(8) ? random.pick(users) : actorOf(contributor);
  return draft(signer, messages.msgAppeal, {
    appellant: signer.text,
    contributionId: random.oneIn(20) ? 0n : id,
    deposit: { denom: random.oneIn(12) ? 'other' : denom, amount: random.oneIn(5) ? amount(random, 600n) : '500' },
  });
};

const shardSalt = digest('shard salt');
const shardRoot = digest('shard');

const openShard: Act = (random, view) => {
  const waiting = valuesOf(rounds, view).filter(({ objectiveId, status }) => {
    const known = objectives.get(view.ctx, objectiveId);
    return (
      known !== undefined && known.roundBlocks > 0n && (status === RoundStatus.ROUND_STATUS_SHARD || random.oneIn(6))
    );
  });
  if (waiting.length === 0 || random.oneIn(3)) return undefined;
  const { number, objectiveId } = random.pick(waiting);
  const creator = objectives.get(view.ctx, objectiveId)?.creator ?? '';
  const signer = random.oneIn(10) ? random.pick(users) : actorOf(creator);
  return draft(signer, messages.msgOpenShard, {
    creator: signer.text,
    objectiveId: random.oneIn(15) ? 99n : objectiveId,
    round: random.oneIn(15) ? 40n : number,
    shard: {
      root: random.oneIn(8) ? digest('another shard') : shardRoot,
      sizeBytes: random.oneIn(15) ? 0n : 900n,
      uris: ['https://example.org/shard.csv'],
    },
    salt: random.oneIn(20) ? random.bytes(3) : shardSalt,
  });
};

const setDevices: Act = (random, view) => {
  const found = someContribution(random, view);
  if (found === undefined) return undefined;
  const signer = random.oneIn(8) ? random.pick(users) : actorOf(found.contributor);
  const device = random.oneIn(10) ? 'nobody' : random.pick(users).text;
  const devices = random.oneIn(10) ? [device, device] : [device];
  return draft(signer, messages.msgSetStreamDevices, { contributor: signer.text, streamId: found.id, devices });
};

const append: Act = (random, view) => {
  const open = valuesOf(commitments, view);
  if (open.length === 0) return undefined;
  const { contributor, height } = random.pick(open);
  const sender = actorOf(contributor);
  const mine = valuesOf(contributions, view).filter((one) => one.contributor === sender.text);
  const served = valuesOf(streams, view).filter(({ devices }) => devices.includes(sender.text));
  const ids = [...mine.map(({ id }) => id), ...served.map(({ id }) => id)];
  const running = ids.filter((id) => streams.has(view.ctx, id));
  const some = running.length > 0 && !random.oneIn(3) ? running : ids;
  return draft(sender, messages.msgAppendRecords, {
    sender: sender.text,
    streamId: random.oneIn(12) || some.length === 0 ? random.between(0n, 40n) : random.pick(some),
    salt,
    manifest: manifest(random, rootOf(sender, height)),
    deposit: deposit(random),
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
  const kind = random.pick([
    ContributionKind.CONTRIBUTION_KIND_DATA,
    ContributionKind.CONTRIBUTION_KIND_DATA,
    ContributionKind.CONTRIBUTION_KIND_MODEL,
    ContributionKind.CONTRIBUTION_KIND_EXPERTISE,
    ContributionKind.UNRECOGNIZED,
  ]);
  const rounds = kind === ContributionKind.CONTRIBUTION_KIND_DATA && random.oneIn(2) ? 2 : 0;
  const commitmentOf = (round: number) => shardCommitment(signer.address, BigInt(round), shardRoot, shardSalt);
  return draft(signer, messages.msgCreateObjective, {
    creator: signer.text,
    title: 'Irises',
    kind,
    metric: 'knn_shapley',
    schema: Buffer.from(random.oneIn(10) ? '[' : schema),
    holdouts: rounds > 0 ? [] : [{ root: shardRoot, sizeBytes: 900n, uris: ['https://example.org/shard.csv'] }],
    reference: undefined,
    learner: 'knn',
    qualityGatePpm: random.between(0n, 1_050_000n),
    baselinePpm: 0n,
    budget: { denom, amount: random.oneIn(3) ? amount(random, 5_000n) : '2000' },
    bond: { denom, amount: random.oneIn(4) ? amount(random, 2_000n) : '1000' },
    deadlineHeight: rounds > 0 ? 0n : view.height + random.between(0n, 30n),
    roundBlocks: rounds > 0 ? random.between(6n, 12n) : 0n,
    shardCommitments: Array.from({ length: rounds }, (_, round) => commitmentOf(round)),
    rate: random.oneIn(3) ? random.between(0n, 1n << 63n) : 0n,
    rubric: kind === ContributionKind.CONTRIBUTION_KIND_EXPERTISE ? [{ name: 'clarity', weight: 1 }] : [],
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
  openShard,
  openShard,
  appeal,
  append,
  append,
  setDevices,
  commitWork,
  submitWork,
];
