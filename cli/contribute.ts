import { randomBytes } from 'node:crypto';
import { fromBech32 } from '@cosmjs/encoding';
import { contributionCommitment } from '../modules/contribution/formulas.ts';
import type { ContributionKind } from '../proto/generated/infinet/contribution/v1/kind.ts';
import {
  MsgAppendRecordsResponse,
  MsgSubmitContributionResponse,
} from '../proto/generated/infinet/contribution/v1/tx.ts';
import {
  type Contribution,
  type ContributionStatus,
  Manifest,
  type WorkClaim,
} from '../proto/generated/infinet/contribution/v1/types.ts';
import { contributionQueries } from '../sdk/queries.ts';
import type { Session, TxDone } from './session.ts';
import { until } from './until.ts';

export interface Offer {
  readonly kind: ContributionKind;
  readonly objectiveId: bigint;
  /** Content root, size, media type, mirrors and title; the rest may be left out. */
  readonly manifest: Partial<Manifest>;
  readonly parents?: readonly bigint[];
  /** SPDX expression. */
  readonly license: string;
  readonly deposit: { readonly denom: string; readonly amount: string };
  /** Contribution of one's own that this is a new version of. */
  readonly versionOf?: bigint;
  /** COMPUTE: the units, whose `workRoot` is the content root. */
  readonly work?: WorkClaim;
}

export interface Submitted {
  readonly contributionId: bigint;
  readonly taskId: bigint;
  readonly commit: TxDone;
  readonly submit: TxDone;
}

/**
 * Commits to a contribution and opens the commitment in a later block, so that nobody who sees the root in the mempool
 * can claim it first. Throws `TxFailed` with the chain's reason.
 */
export async function contribute(session: Session, offer: Offer): Promise<Submitted> {
  const manifest = Manifest.fromPartial(offer.manifest);
  const { commit, salt } = await commitTo(session, manifest.contentRoot);
  const { kind, objectiveId, license, deposit, versionOf = 0n, work } = offer;
  const parents = [...(offer.parents ?? [])];
  const contributor = session.address;
  const submit = await session.send([
    {
      typeUrl: '/infinet.contribution.v1.MsgSubmitContribution',
      value: { contributor, salt, kind, objectiveId, manifest, parents, license, deposit, versionOf, work },
    },
  ]);
  const { contributionId, taskId } = MsgSubmitContributionResponse.decode(onlyResponse(submit));
  return { contributionId, taskId, commit, submit };
}

/** New records of a stream, by its owner or one of its devices. Throws `TxFailed` with the chain's reason. */
export async function append(
  session: Session,
  streamId: bigint,
  offer: Pick<Offer, 'manifest' | 'deposit'>,
): Promise<MsgAppendRecordsResponse & { readonly tx: TxDone }> {
  const manifest = Manifest.fromPartial(offer.manifest);
  const { salt } = await commitTo(session, manifest.contentRoot);
  const value = { sender: session.address, streamId, salt, manifest, deposit: offer.deposit };
  const tx = await session.send([{ typeUrl: '/infinet.contribution.v1.MsgAppendRecords', value }]);
  return { ...MsgAppendRecordsResponse.decode(onlyResponse(tx)), tx };
}

/** Commits to a root under a fresh salt and waits for the block in which the commitment may be opened. */
async function commitTo(session: Session, root: Uint8Array): Promise<{ commit: TxDone; salt: Uint8Array }> {
  const contributor = session.address;
  const salt = randomBytes(32);
  const commitment = contributionCommitment(root, fromBech32(contributor).data, salt);
  const commit = await session.send([
    { typeUrl: '/infinet.contribution.v1.MsgCommitContribution', value: { contributor, commitment } },
  ]);
  // The simulation runs at the last committed height, where the commitment must already be one block old.
  await until(`block ${commit.height + 1}`, 60, async () => {
    const { lastBlockHeight = 0 } = await session.comet.abciInfo();
    return lastBlockHeight > commit.height ? lastBlockHeight : undefined;
  });
  return { commit, salt };
}

/** Bytes of the response to a tx with one message. */
export function onlyResponse(tx: TxDone): Uint8Array {
  const [response] = tx.responses;
  if (response === undefined) throw new Error(`tx ${tx.hash} has no response`);
  return response;
}

/** Waits until the contribution has one of the statuses. Throws after `seconds`, saying where it stands. */
export async function untilStatus(
  session: Session,
  contributionId: bigint,
  statuses: readonly ContributionStatus[],
  seconds: number,
): Promise<Contribution> {
  return await until(`contribution ${contributionId} to be decided`, seconds, async () => {
    const { contribution } = await session.querier.ask(contributionQueries.contribution, { contributionId });
    return contribution !== undefined && statuses.includes(contribution.status) ? contribution : undefined;
  });
}
