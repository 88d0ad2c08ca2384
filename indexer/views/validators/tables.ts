import { index, integer as int, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, hex, integer } from '../../database/columns.ts';
import { schema } from '../../database/tables.ts';

export const validators = schema.table(
  'validators',
  {
    operatorAddress: text('operator_address').primaryKey(),
    /** The account with the same bytes. */
    account: text('account').notNull(),
    consensusAddress: hex('consensus_address').notNull(),
    moniker: text('moniker').notNull(),
    website: text('website').notNull(),
    details: text('details').notNull(),
    /** A decimal fraction like `0.100000000000000000`. */
    commissionRate: text('commission_rate').notNull(),
    createdHeight: count('created_height').notNull(),
  },
  (table) => [index('validators_consensus').on(table.consensusAddress), index('validators_account').on(table.account)],
);

/** Tokens delegated to each validator less those taken back; what slashing burned is in `slashes`. */
export const stakes = schema.table('stakes', {
  operatorAddress: text('operator_address').primaryKey(),
  amount: integer('amount').notNull(),
  /** Of the last change. */
  height: count('height').notNull(),
});

/** CometBFT's validator set: who is not in it has no row or power 0. */
export const votingPowers = schema.table('voting_powers', {
  consensusAddress: hex('consensus_address').primaryKey(),
  power: integer('power').notNull(),
  /** Of the last change. */
  height: count('height').notNull(),
});

/** What each delegator gave to a validator less what it took back, before slashing. */
export const delegations = schema.table(
  'delegations',
  {
    delegator: text('delegator').notNull(),
    operatorAddress: text('operator_address').notNull(),
    amount: integer('amount').notNull(),
    height: count('height').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.delegator, table.operatorAddress] }),
    index('delegations_operator').on(table.operatorAddress),
  ],
);

export const slashes = schema.table(
  'slashes',
  {
    height: count('height').notNull(),
    position: int('position').notNull(),
    consensusAddress: hex('consensus_address').notNull(),
    power: integer('power').notNull(),
    reason: text('reason').notNull(),
    burned: integer('burned').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.height, table.position] }),
    index('slashes_consensus').on(table.consensusAddress),
  ],
);
