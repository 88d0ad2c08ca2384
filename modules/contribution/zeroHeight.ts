import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import * as state from './state.ts';

/** Counts all heights from the last block of the chain that ends here; only the copy that is exported sees it. */
export function beginAnew(ctx: Context, { past, due }: ZeroHeight): void {
  for (const [id, objective] of [...state.objectives.walk(ctx)]) {
    const createdHeight = past(objective.createdHeight);
    state.objectives.set(ctx, id, { ...objective, createdHeight, deadlineHeight: due(objective.deadlineHeight) });
  }
  for (const [id, contribution] of [...state.contributions.walk(ctx)]) {
    state.contributions.set(ctx, id, {
      ...contribution,
      committedHeight: due(contribution.committedHeight),
      submittedHeight: due(contribution.submittedHeight),
      assessedHeight: due(contribution.assessedHeight),
      finalHeight: due(contribution.finalHeight),
    });
  }
  for (const [key, commitment] of [...state.commitments.walk(ctx)]) {
    const height = past(commitment.height);
    state.commitments.set(ctx, key, { ...commitment, height, expiresHeight: due(commitment.expiresHeight) });
  }
}
