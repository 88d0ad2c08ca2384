import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBech32 } from '@cosmjs/encoding';
import type { EncodeObject } from '@cosmjs/proto-signing';
import { untilStatus } from '../../cli/contribute.ts';
import type { Session } from '../../cli/session.ts';
import { until } from '../../cli/until.ts';
import { artifactUrl, objectives } from '../../localnet/genesis.ts';
import type { Network } from '../../localnet/network.ts';
import { contributionCommitment } from '../../modules/contribution/formulas.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import {
  type Contribution,
  ContributionStatus,
  Manifest,
  Visibility,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import type { Task } from '../../proto/generated/infinet/verification/v1/types.ts';
import { contributionQueries, verificationQueries } from '../../sdk/queries.ts';
import { contentRoot } from '../../training/merkle.ts';
import { heightOf, outcomeOf, sendFee, untilHeight } from './sharedNetwork.ts';

export const deposit = 1_000_000n;

/** The story's penguins without row `without`: a dataset of its own, as good as the others. */
export function penguins(network: Network, without: number): Uint8Array {
  const rows: unknown[] = JSON.parse(
    readFileSync(join(network.paths.artifacts, 'story', 'penguins.json')).toString('utf8'),
  );
  return Buffer.from(JSON.stringify(rows.filter((_, index) => index !== without)));
}

export interface Submission {
  readonly bytes: Uint8Array;
  readonly salt: Uint8Array;
  readonly objectiveId?: bigint;
  readonly name?: string;
}

export function submission(network: Network, session: Session, given: Submission): EncodeObject {
  const { bytes, salt, objectiveId = objectives.penguins, name = 'penguins.json' } = given;
  const manifest = Manifest.fromPartial({
    contentRoot: contentRoot(bytes),
    sizeBytes: BigInt(bytes.length),
    mediaType: 'application/json',
    uris: [artifactUrl(network.topology, name)],
    visibility: Visibility.VISIBILITY_PUBLIC,
    title: 'Penguins of a test',
  });
  return {
    typeUrl: '/infinet.contribution.v1.MsgSubmitContribution',
    value: {
      contributor: session.address,
      salt,
      kind: ContributionKind.CONTRIBUTION_KIND_DATA,
      objectiveId,
      manifest,
      parents: [],
      license: 'CC0-1.0',
      deposit: { denom: network.topology.denom, amount: deposit.toString() },
    },
  };
}

/** Commits to a root, and waits until the commitment can be opened. */
export async function commit(session: Session, root: Uint8Array, salt: Uint8Array): Promise<void> {
  const contributor = session.address;
  const commitment = contributionCommitment(root, fromBech32(contributor).data, salt);
  const value = { contributor, commitment };
  await succeed(session, { typeUrl: '/infinet.contribution.v1.MsgCommitContribution', value });
  await untilHeight(session, (await heightOf(session)) + 1);
}

export interface Offered {
  readonly contributionId: bigint;
  readonly taskId: bigint;
  /** What both txs cost. */
  readonly fees: bigint;
}

/** Offers penguins without one row. `served` says what is served in their place. */
export async function offerPenguins(
  network: Network,
  session: Session,
  without: number,
  served: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Promise<Offered> {
  const bytes = penguins(network, without);
  const name = `penguins-test-${without}.json`;
  writeFileSync(join(network.paths.artifacts, 'story', name), served(bytes));
  const salt = randomBytes(32);
  await commit(session, contentRoot(bytes), salt);
  await succeed(session, submission(network, session, { bytes, salt, name }));
  const { contribution } = await session.querier.ask(contributionQueries.contributionByRoot, {
    contentRoot: contentRoot(bytes),
  });
  if (contribution === undefined) throw new Error('the contribution is not there');
  return { contributionId: contribution.id, taskId: contribution.taskId, fees: 2n * sendFee };
}

export async function untilDecided(session: Session, contributionId: bigint): Promise<Contribution> {
  const { CONTRIBUTION_STATUS_ACCEPTED, CONTRIBUTION_STATUS_REJECTED, CONTRIBUTION_STATUS_FINAL } = ContributionStatus;
  const decided = [CONTRIBUTION_STATUS_ACCEPTED, CONTRIBUTION_STATUS_REJECTED, CONTRIBUTION_STATUS_FINAL];
  return await untilStatus(session, contributionId, decided, 300);
}

/** Waits until the task is as wanted. */
export async function untilTask(
  session: Session,
  id: bigint,
  what: string,
  wanted: (task: Task) => boolean,
): Promise<Task> {
  return await until(`task ${id} ${what}`, 300, async () => {
    const { task } = await session.querier.ask(verificationQueries.task, { id });
    return task !== undefined && wanted(task) ? task : undefined;
  });
}

async function succeed(session: Session, message: EncodeObject): Promise<void> {
  const { codespace, code, log } = await outcomeOf(session, message);
  if (code !== 0) throw new Error(`${message.typeUrl} failed with ${codespace} ${code}: ${log}`);
}
