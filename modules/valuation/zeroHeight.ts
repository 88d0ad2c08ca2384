import type { Context } from '../../chain/context.ts';
import type { ZeroHeight } from '../../chain/module.ts';
import { queues, queuesDue, rounds, valuations } from './state.ts';

/** Counts all heights from the last block of the chain that ends here; only the copy that is exported sees it. */
export function beginAnew(ctx: Context, { due }: ZeroHeight): void {
  for (const [id, valuation] of [...valuations.walk(ctx)]) {
    const appraisedHeight = due(valuation.appraisedHeight);
    valuations.set(ctx, id, { ...valuation, appraisedHeight, settledHeight: due(valuation.settledHeight) });
  }
  for (const [id, round] of [...rounds.walk(ctx)]) {
    rounds.set(ctx, id, { ...round, openedHeight: due(round.openedHeight), valuedHeight: due(round.valuedHeight) });
  }
  for (const [key, queue] of [...queues.walk(ctx)]) {
    if (queue.roundId > 0n) continue;
    queuesDue.remove(ctx, [queue.dueHeight, ...key]);
    queuesDue.add(ctx, [due(queue.dueHeight), ...key]);
    queues.set(ctx, key, { ...queue, dueHeight: due(queue.dueHeight) });
  }
}
