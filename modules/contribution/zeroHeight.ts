import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import * as state from './state.ts';

/** Counts all heights from the last block of the chain that ends here; only the copy that is exported sees it. */
export function beginAnew(ctx: Context, { past, due }: ZeroHeight): void {
  for (const [id, objective] of [...state.objectives.walk(ctx)]) {
    const createdHeight = past(objective.createdHeight);
    const opened = objective.opened.map((shard) => ({ ...shard, height: past(shard.height) }));
    state.objectives.set(ctx, id, {
      ...objective,
      createdHeight,
      opened,
      deadlineHeight: due(objective.deadlineHeight),
    });
  }
  for (const [id, contribution] of [...state.contributions.walk(ctx)]) {
    state.contributions.set(ctx, id, {
      ...contribution,
      committedHeight: due(contribution.committedHeight),
      submittedHeight: due(contribution.submittedHeight),
      assessedHeight: due(contribution.assessedHeight),
      finalHeight: due(contribution.finalHeight),
      appeal: contribution.appeal && { ...contribution.appeal, height: past(contribution.appeal.height) },
    });
  }
  for (const [key, round] of [...state.rounds.walk(ctx)]) {
    state.rounds.set(ctx, key, { ...round, endHeight: due(round.endHeight) });
  }
  for (const [height, objective, round] of [...state.roundsDue.walk(ctx)]) {
    state.roundsDue.remove(ctx, [height, objective, round]);
    state.roundsDue.add(ctx, [due(height), objective, round]);
  }
  for (const [id, stream] of [...state.streams.walk(ctx)]) {
    state.streams.set(ctx, id, { ...stream, lastHeight: past(stream.lastHeight) });
  }
  for (const [key, commitment] of [...state.commitments.walk(ctx)]) {
    const height = past(commitment.height);
    state.commitments.set(ctx, key, { ...commitment, height, expiresHeight: due(commitment.expiresHeight) });
  }
}
