import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import { summaries } from './state.ts';

/** Counts the heights of closed epochs from the last block of the chain that ends here; only the exported copy sees it. */
export function beginAnew(ctx: Context, { past }: ZeroHeight): void {
  for (const [epoch, summary] of [...summaries.walk(ctx)]) {
    summaries.set(ctx, epoch, { ...summary, height: past(summary.height) });
  }
}
