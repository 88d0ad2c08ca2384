import type { Context } from '../../../chain/context.ts';
import { ensure } from '../../../chain/errors.ts';
import type {
  MsgAppendRecords,
  MsgAppendRecordsResponse,
} from '../../../proto/generated/infinet/contribution/v1/tx.ts';
import { admit } from '../admission.ts';
import { contributionErrors as errors } from '../errors.ts';
import type { Parts } from '../parts.ts';
import * as state from '../state.ts';
import { grow, linkVersion, streamOf } from '../versions.ts';

/** New records of a stream: a contribution of their own, with the stream's first one as parent. */
export function appendRecords(parts: Parts, ctx: Context, message: MsgAppendRecords): MsgAppendRecordsResponse {
  const { first, stream } = streamOf(ctx, message.streamId);
  const { appendIntervalBlocks, maxStreamVersions } = state.params.require(ctx);
  const mayAppend = stream.owner === message.sender || stream.devices.includes(message.sender);
  ensure(mayAppend, errors.notContributor, `stream ${stream.id} belongs to ${stream.owner}`);
  const earliest = stream.lastHeight + appendIntervalBlocks;
  ensure(ctx.block.height >= earliest, errors.appendTooSoon, `the next one is taken from height ${earliest}`);
  ensure(stream.versions < maxStreamVersions, errors.streamFull, `${stream.versions}`);
  const contribution = admit(parts, ctx, {
    contributor: { text: stream.owner, bytes: parts.addresses.account(stream.owner) },
    sender: { text: message.sender, bytes: parts.addresses.account(message.sender) },
    salt: message.salt,
    kind: first.kind,
    objectiveId: first.objectiveId,
    manifest: message.manifest,
    parents: [first.id],
    license: first.license,
    deposit: message.deposit,
    version: { streamId: stream.id, version: stream.versions + 1n, previousVersion: stream.lastContribution },
  });
  const grown = grow(stream, contribution, ctx.block.height);
  state.streams.set(ctx, stream.id, grown);
  linkVersion(ctx, contribution, grown.root);
  const { id: contributionId, taskId, version } = contribution;
  return { contributionId, taskId, version, streamRoot: grown.root };
}
