/** Writing a contribution with its indexes and events; nothing else writes them. */
import type { Context } from '../../chain/context.ts';
import {
  type Contribution,
  ContributionStatus,
  type Manifest,
} from '../../proto/generated/infinet/contribution/v1/types.ts';
import { coinText, requireCoin } from './escrow.ts';
import * as events from './events.ts';
import * as state from './state.ts';
import { kindWord, statusWord, visibilityWord } from './words.ts';

/** How many of a sketch's values are indexed; each costs a write. */
export const INDEXED_SKETCH_VALUES = 8;

export function manifestOf(contribution: Contribution): Manifest {
  if (contribution.manifest === undefined) throw new Error(`contribution ${contribution.id} lacks its manifest`);
  return contribution.manifest;
}

/** Stores a new contribution and tells what it is. `contributor` are the bytes of `contribution.contributor`. */
export function insert(ctx: Context, contribution: Contribution, contributor: Uint8Array): void {
  const { id } = contribution;
  index(ctx, contribution, contributor);
  const manifest = manifestOf(contribution);
  ctx.log.emit(
    events.contributionSubmitted.encode({
      contribution_id: id,
      contributor: contribution.contributor,
      objective_id: contribution.objectiveId,
      kind: kindWord(contribution.kind),
      root: manifest.contentRoot,
      size_bytes: manifest.sizeBytes,
      media_type: manifest.mediaType,
      title: manifest.title,
      license: contribution.license,
      visibility: visibilityWord(manifest.visibility),
      uris: JSON.stringify(manifest.uris),
      parents: contribution.parents.join(','),
      deposit: coinText(requireCoin(contribution.deposit)),
      committed_height: contribution.committedHeight,
      run_id: contribution.runId,
    }),
  );
  for (const parent of contribution.parents) {
    ctx.log.emit(events.contributionParent.encode({ contribution_id: id, parent_id: parent }));
  }
  for (const { contributionId, similarityPpm } of contribution.similar) {
    ctx.log.emit(
      events.contributionSimilar.encode({
        contribution_id: id,
        other_id: contributionId,
        similarity_ppm: similarityPpm,
      }),
    );
  }
  emitStatus(ctx, contribution, ContributionStatus.CONTRIBUTION_STATUS_UNSPECIFIED);
}

/** Writes the record and every index but that of roots, which genesis and submission decide on themselves. */
export function index(ctx: Context, contribution: Contribution, contributor: Uint8Array): void {
  const { id } = contribution;
  state.contributions.set(ctx, id, contribution);
  state.byContributor.add(ctx, [contributor, id]);
  state.byObjective.add(ctx, [contribution.objectiveId, id]);
  state.byStatus.add(ctx, [BigInt(contribution.status), id]);
  for (const parent of contribution.parents) state.children.add(ctx, [parent, id]);
  for (const value of manifestOf(contribution).sketch.slice(0, INDEXED_SKETCH_VALUES)) {
    state.bySketch.add(ctx, [value, id]);
  }
}

/** Stores a changed contribution; a changed status moves its index entry and is told. */
export function update(ctx: Context, before: Contribution, after: Contribution): void {
  state.contributions.set(ctx, after.id, after);
  if (before.status === after.status) return;
  state.byStatus.remove(ctx, [BigInt(before.status), after.id]);
  state.byStatus.add(ctx, [BigInt(after.status), after.id]);
  emitStatus(ctx, after, before.status);
}

function emitStatus(ctx: Context, contribution: Contribution, previous: ContributionStatus): void {
  ctx.log.emit(
    events.contributionStatusChanged.encode({
      contribution_id: contribution.id,
      contributor: contribution.contributor,
      objective_id: contribution.objectiveId,
      kind: kindWord(contribution.kind),
      root: manifestOf(contribution).contentRoot,
      previous: statusWord(previous),
      status: statusWord(contribution.status),
      accepted: contribution.accepted,
      reason: contribution.reason,
      task_id: contribution.taskId,
    }),
  );
}
