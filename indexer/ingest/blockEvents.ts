import type { ChainEvent } from '../../chain/events.ts';
import type { SourceBlock } from '../source/block.ts';

export interface OrderedEvent {
  readonly event: ChainEvent;
  /** The tx that emitted it, or null. */
  readonly txPosition: number | null;
}

/**
 * A block's events in the order in which they happened. CometBFT lists those of the hooks together; their attribute
 * `mode` says which ran before the txs (SDK 0.50).
 */
export function orderedEvents({ events, txs }: SourceBlock): OrderedEvent[] {
  const ofHook = (before: boolean) =>
    events
      .filter((event) => before === event.attributes.some(({ key, value }) => key === 'mode' && value === 'BeginBlock'))
      .map((event) => ({ event, txPosition: null }));
  const ofTxs = txs.flatMap((tx, txPosition) => tx.events.map((event) => ({ event, txPosition })));
  return [...ofHook(true), ...ofTxs, ...ofHook(false)];
}
