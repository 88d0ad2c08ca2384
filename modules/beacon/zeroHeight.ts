import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import { outputs, rounds } from './state.ts';

/** Counts all heights from the last block of the chain that ends here; only the copy that is exported sees it. */
export function beginAnew(ctx: Context, { past, due }: ZeroHeight): void {
  for (const [id, round] of [...rounds.walk(ctx)]) {
    rounds.set(ctx, id, { ...round, openedHeight: past(round.openedHeight), closedHeight: due(round.closedHeight) });
  }
  for (const [key, output] of [...outputs.walk(ctx)]) {
    outputs.set(ctx, key, { ...output, height: past(output.height) });
  }
}
