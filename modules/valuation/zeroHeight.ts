import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import { valuations } from './state.ts';

/** Counts all heights from the last block of the chain that ends here; only the copy that is exported sees it. */
export function beginAnew(ctx: Context, { due }: ZeroHeight): void {
  for (const [id, valuation] of [...valuations.walk(ctx)]) {
    const appraisedHeight = due(valuation.appraisedHeight);
    valuations.set(ctx, id, { ...valuation, appraisedHeight, settledHeight: due(valuation.settledHeight) });
  }
}
