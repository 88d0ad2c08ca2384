import type { Changes } from '../database/changes.ts';
import { FinalError, reason } from '../failure.ts';
import type { BlockFacts } from '../ingest/facts.ts';
import type { EventHandler, MessageHandler, View } from './view.ts';

/** Lets views see blocks, one after another. */
export class ViewRunner {
  readonly #views: readonly View[];
  readonly #prefix: string;
  readonly #onEvent = new Map<string, { view: View; handler: EventHandler }[]>();
  readonly #onMessage = new Map<string, { view: View; handler: MessageHandler }[]>();

  constructor(views: readonly View[], prefix: string) {
    this.#views = views;
    this.#prefix = prefix;
    for (const view of views) {
      for (const handler of view.events) push(this.#onEvent, handler.type, { view, handler });
      for (const handler of view.messages ?? []) push(this.#onMessage, handler.typeUrl, { view, handler });
    }
  }

  /** Throws a `FinalError` when an event is not what its module declares: this program is too old for the chain. */
  apply(block: BlockFacts, changes: Changes): void {
    const { height, time } = block;
    const place = (position: number, txPosition: number | null) => {
      const txHash = txPosition === null ? null : (block.txs[txPosition]?.hash ?? null);
      return { height, time, position, txHash, prefix: this.#prefix };
    };
    block.txs.forEach(({ code, messages }, position) => {
      if (code !== 0) return;
      for (const { typeUrl, value } of messages) {
        for (const { view, handler } of this.#onMessage.get(typeUrl) ?? []) {
          this.#guard(view, typeUrl, height, () => handler.handle(value, place(position, position), changes));
        }
      }
    });
    block.events.forEach(({ event, txPosition }, position) => {
      for (const { view, handler } of this.#onEvent.get(event.type) ?? []) {
        this.#guard(view, event.type, height, () => handler.handle(event, place(position, txPosition), changes));
      }
    });
    for (const view of this.#views) {
      for (const update of block.validatorUpdates) view.validatorUpdate?.(update, place(0, null), changes);
    }
  }

  #guard(view: View, what: string, height: number, handle: () => void): void {
    try {
      handle();
    } catch (error) {
      throw new FinalError(
        `view ${view.name} cannot take ${what} of block ${height}: ${reason(error)}; this indexer is too old for the chain`,
        { cause: error },
      );
    }
  }
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key) ?? [];
  list.push(value);
  map.set(key, list);
}
