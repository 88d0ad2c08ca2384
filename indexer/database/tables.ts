import { boolean, index, integer as int, jsonb, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core';
import type { SourceValidatorUpdate } from '../source/block.ts';
import { bytes, count, hex, instant, integer } from './columns.ts';

/**
 * What is taken from the chain as it is. Everything else in the database is a view and can be made from these tables
 * again. The statements that create them are in `migrations.ts`; a test holds the two together.
 */
export const schema = pgSchema('indexer');

/** One row: which chain this database holds and how far it is. */
export const chain = schema.table('chain', {
  chainId: text('chain_id').primaryKey(),
  bech32Prefix: text('bech32_prefix').notNull(),
  genesisTime: instant('genesis_time').notNull(),
  initialHeight: count('initial_height').notNull(),
  appState: jsonb('app_state').$type<Record<string, unknown>>().notNull(),
  /** The last block in the database, one below the first before there is any. */
  height: count('height').notNull(),
  /** Its hash, empty before. */
  hash: hex('hash').notNull(),
});

/** An attribute list as it is in events, in the chain's order. */
export type StoredAttribute = readonly [key: string, value: string];

export const blocks = schema.table(
  'blocks',
  {
    height: count('height').primaryKey(),
    hash: hex('hash').notNull(),
    previousHash: hex('previous_hash').notNull(),
    time: instant('time').notNull(),
    proposer: hex('proposer').notNull(),
    /** The state after the block before. */
    appHash: hex('app_hash').notNull(),
    txCount: int('tx_count').notNull(),
    eventCount: int('event_count').notNull(),
    validatorUpdates: jsonb('validator_updates').$type<readonly SourceValidatorUpdate[]>().notNull(),
  },
  (table) => [index('blocks_hash').on(table.hash)],
);

/** A message as JSON; one of an unknown type keeps its bytes in base64. */
export interface StoredMessage {
  readonly typeUrl: string;
  readonly value?: unknown;
  readonly raw?: string;
}

export const txs = schema.table(
  'txs',
  {
    height: count('height').notNull(),
    position: int('position').notNull(),
    hash: hex('hash').notNull(),
    time: instant('time').notNull(),
    code: count('code').notNull(),
    codespace: text('codespace').notNull(),
    log: text('log').notNull(),
    gasWanted: integer('gas_wanted').notNull(),
    gasUsed: integer('gas_used').notNull(),
    memo: text('memo').notNull(),
    /** Coins as text. */
    fee: text('fee').notNull(),
    /** Put in by the proposer, signed by nobody. */
    system: boolean('system').notNull(),
    signers: text('signers').array().notNull(),
    messageTypes: text('message_types').array().notNull(),
    messages: jsonb('messages').$type<readonly StoredMessage[]>().notNull(),
    raw: bytes('raw').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.height, table.position] }),
    index('txs_hash').on(table.hash),
    index('txs_signers').using('gin', table.signers),
    index('txs_message_types').using('gin', table.messageTypes),
  ],
);

export const events = schema.table(
  'events',
  {
    height: count('height').notNull(),
    /** In the order of execution: begin of the block, txs, end of the block. */
    position: int('position').notNull(),
    /** The tx that emitted it, or null. */
    txPosition: int('tx_position'),
    type: text('type').notNull(),
    attributes: jsonb('attributes').$type<readonly StoredAttribute[]>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.height, table.position] }),
    index('events_type').on(table.type, table.height, table.position),
  ],
);

/** Which version of each view the database holds. */
export const views = schema.table('views', {
  name: text('name').primaryKey(),
  version: int('version').notNull(),
});
