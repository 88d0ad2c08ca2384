/** New versions of a contribution, and streams of records whose every version is a contribution of its own. */
import type { Context } from '../../chain/context.ts';
import { ensure } from '../../chain/errors.ts';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import type { MsgSubmitContribution } from '../../proto/generated/infinet/contribution/v1/tx.ts';
import {
  type Contribution,
  ContributionStatus,
  type Stream,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import { contributionErrors as errors } from './errors.ts';
import { contributionVersion } from './events.ts';
import { appendLeaf, growingRoot } from './formulas.ts';
import { manifestOf } from './record.ts';
import * as state from './state.ts';

/** Of a contribution that is no new version of another one. */
export const firstVersion = { streamId: 0n, version: 1n, previousVersion: 0n };

/**
 * The version after `versionOf`. Throws `contribution` 3 for an unknown one, 37 unless it is the latest version of the
 * sender's own, of the same kind and objective, in no stream, and neither rejected nor withdrawn.
 */
export function nextVersion(
  ctx: Context,
  { contributor, kind, objectiveId, versionOf }: MsgSubmitContribution,
): typeof firstVersion {
  const previous = state.contributions.get(ctx, versionOf);
  ensure(previous !== undefined, errors.contributionNotFound, `contribution ${versionOf}`);
  const same = previous.contributor === contributor && previous.kind === kind && previous.objectiveId === objectiveId;
  const free = previous.streamId === 0n && !state.nextVersions.has(ctx, versionOf) && isUsable(previous);
  ensure(same && free && previous.runId === 0n, errors.invalidVersion, `contribution ${versionOf}`);
  return { streamId: 0n, version: previous.version + 1n, previousVersion: versionOf };
}

export function linkVersion(ctx: Context, contribution: Contribution, streamRoot: Uint8Array): void {
  state.nextVersions.set(ctx, contribution.previousVersion, contribution.id);
  ctx.log.emit(
    contributionVersion.encode({
      contribution_id: contribution.id,
      previous_id: contribution.previousVersion,
      version: contribution.version,
      stream_id: contribution.streamId,
      stream_root: streamRoot,
    }),
  );
}

/**
 * The stream that begins with a contribution; made when it is first needed. Throws `contribution` 3 for an unknown one,
 * 36 unless it is DATA and the first of a stream, or could be, and 18 where that one was rejected or withdrawn.
 */
export function streamOf(ctx: Context, id: bigint): { stream: Stream; first: Contribution } {
  const first = state.contributions.get(ctx, id);
  ensure(first !== undefined, errors.contributionNotFound, `contribution ${id}`);
  const isData = first.kind === ContributionKind.CONTRIBUTION_KIND_DATA;
  const hasVersions = first.version > 1n || state.nextVersions.has(ctx, id);
  const known = state.streams.get(ctx, id);
  ensure(isData && (known !== undefined || !hasVersions), errors.notAStream, `contribution ${id}`);
  ensure(isUsable(first), errors.wrongStatus, `contribution ${id} was rejected or withdrawn`);
  return { first, stream: known ?? newStream(first) };
}

function newStream(first: Contribution): Stream {
  const { contentRoot, sizeBytes } = manifestOf(first);
  const tree = appendLeaf({ count: 0n, frontier: [] }, contentRoot);
  return {
    id: first.id,
    owner: first.contributor,
    versions: 1n,
    sizeBytes,
    root: growingRoot(tree),
    frontier: [...tree.frontier],
    lastContribution: first.id,
    lastHeight: first.submittedHeight,
    devices: [],
  };
}

/** The stream with one more version; the root over all versions follows from the frontier alone. */
export function grow(stream: Stream, contribution: Contribution, height: bigint): Stream {
  const { contentRoot, sizeBytes } = manifestOf(contribution);
  const tree = appendLeaf({ count: stream.versions, frontier: stream.frontier }, contentRoot);
  return {
    ...stream,
    versions: tree.count,
    sizeBytes: stream.sizeBytes + sizeBytes,
    root: growingRoot(tree),
    frontier: [...tree.frontier],
    lastContribution: contribution.id,
    lastHeight: height,
  };
}

function isUsable({ accepted, assessedHeight, status }: Contribution): boolean {
  const withdrawn = status === ContributionStatus.CONTRIBUTION_STATUS_WITHDRAWN;
  return !withdrawn && (assessedHeight === 0n || accepted);
}
