import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import { attendances, symbols } from './state.ts';

/** Counts all heights from the last block of the chain that ends here; only the copy that is exported sees it. */
export function beginAnew(ctx: Context, { past, due }: ZeroHeight): void {
  for (const [name, symbol] of [...symbols.walk(ctx)]) {
    const updatedHeight = past(symbol.updatedHeight);
    symbols.set(ctx, name, { ...symbol, updatedHeight, eventHeight: due(symbol.eventHeight) });
  }
  for (const [validator, attendance] of [...attendances.walk(ctx)]) {
    attendances.set(ctx, validator, { ...attendance, refusedHeight: due(attendance.refusedHeight) });
  }
}
