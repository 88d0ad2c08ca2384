import type { PgTable } from 'drizzle-orm/pg-core';
import type { ChainEvent } from '../../chain/events.ts';
import type { Changes } from '../database/changes.ts';

/** Where an event or message happened. */
export interface Place {
  readonly height: number;
  /** The block's time, RFC 3339 UTC. */
  readonly time: string;
  /** Of the event in its block, in the order of execution; of messages, of their tx. */
  readonly position: number;
  /** Upper-case hex, or null for what block hooks did. */
  readonly txHash: string | null;
  /** Bech32 prefix of accounts. */
  readonly prefix: string;
}

export interface EventHandler {
  readonly type: string;
  readonly handle: (event: ChainEvent, place: Place, changes: Changes) => void;
}

export interface MessageHandler {
  readonly typeUrl: string;
  /** Successful messages only. */
  readonly handle: (bytes: Uint8Array, place: Place, changes: Changes) => void;
}

/** What the chain began with, for a view. */
export interface GenesisPlace {
  readonly prefix: string;
  /** One below the first block. */
  readonly height: number;
  readonly time: string;
}

/** One subject: its tables, and what each event does to them. A higher version is built anew from the stored chain. */
export interface View {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly PgTable[];
  readonly events: readonly EventHandler[];
  readonly messages?: readonly MessageHandler[];
  /** `app_state` of the genesis file. */
  readonly genesis?: (appState: Readonly<Record<string, unknown>>, place: GenesisPlace, changes: Changes) => void;
  /** CometBFT's validator set changed; powers by consensus address in upper-case hex. */
  readonly validatorUpdate?: (update: { address: string; power: string }, place: Place, changes: Changes) => void;
}

/** A handler of a module's event, decoded by the declaration that also wrote it. */
export function on<V>(
  event: { readonly type: string; decode(event: ChainEvent): V },
  handle: (values: V, place: Place, changes: Changes) => void,
): EventHandler {
  return { type: event.type, handle: (raw, place, changes) => handle(event.decode(raw), place, changes) };
}

/** A handler of a message type, decoded by its codec. */
export function onMessage<T>(
  typeUrl: string,
  codec: { decode(bytes: Uint8Array): T },
  handle: (message: T, place: Place, changes: Changes) => void,
): MessageHandler {
  return { typeUrl, handle: (bytes, place, changes) => handle(codec.decode(bytes), place, changes) };
}
