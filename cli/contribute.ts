import { randomBytes } from 'node:crypto';
import { fromBech32 } from '@cosmjs/encoding';
import { contributionCommitment } from '../modules/contribution/formulas.ts';
import type { ContributionKind } from '../proto/generated/infinet/contribution/v1/kind.ts';
import { MsgSubmitContributionResponse } from '../proto/generated/infinet/contribution/v1/tx.ts';
import {
  type Contribution,
  type ContributionStatus,
  Manifest,
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
  const contributor = session.address;
  const salt = randomBytes(32);
  const commitment = contributionCommitment(manifest.contentRoot, fromBech32(contributor).data, salt);
  const commit = await session.send([
    { typeUrl: '/infinet.contribution.v1.MsgCommitContribution', value: { contributor, commitment } },
  ]);
  // The simulation runs at the last committed height, where the commitment must already be one block old.
  await until(`block ${commit.height + 1}`, 60, async () => {
    const { lastBlockHeight = 0 } = await session.comet.abciInfo();
    return lastBlockHeight > commit.height ? lastBlockHeight : undefined;
  });
  const { kind, objectiveId, license, deposit } = offer;
  const parents = [...(offer.parents ?? [])];
  const submit = await session.send([
    {
      typeUrl: '/infinet.contribution.v1.MsgSubmitContribution',
      value: { contributor, salt, kind, objectiveId, manifest, parents, license, deposit },
    },
  ]);
  const [response] = submit.responses;
  if (response === undefined) throw new Error(`tx ${submit.hash} has no response`);
  const { contributionId, taskId } = MsgSubmitContributionResponse.decode(response);
  return { contributionId, taskId, commit, submit };
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
