import type { MessageRoute } from '../message.ts';
import type { Module } from '../module.ts';

/** Finds the module's route of a message by its type URL. */
export class MessageRouter {
  readonly #routes = new Map<string, MessageRoute>();

  /** Throws if two modules claim the same message. */
  constructor(modules: readonly Module[]) {
    for (const module of modules) {
      for (const route of module.messages ?? []) {
        if (this.#routes.has(route.typeUrl)) throw new Error(`message ${route.typeUrl} has two handlers`);
        this.#routes.set(route.typeUrl, route);
      }
    }
  }

  find(typeUrl: string): MessageRoute | undefined {
    return this.#routes.get(typeUrl);
  }

  /** All type URLs, sorted. */
  get typeUrls(): string[] {
    return [...this.#routes.keys()].sort();
  }
}
