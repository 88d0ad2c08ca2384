import type { PgTable } from 'drizzle-orm/pg-core';
import { blocks, events, txs } from '../database/tables.ts';
import { balances, supply } from '../views/accounts/tables.ts';
import { auditEntries } from '../views/audit/tables.ts';
import { beaconRounds } from '../views/beacon/tables.ts';
import { contributions, objectives } from '../views/contributions/tables.ts';
import { disputes } from '../views/disputes/tables.ts';
import { prices, priceUpdates } from '../views/oracle/tables.ts';
import { epochs, rewardClaims, rewards, rewardTotals } from '../views/rewards/tables.ts';
import { transfers } from '../views/transfers/tables.ts';
import { delegations, slashes, validators } from '../views/validators/tables.ts';
import { reputations, valuations } from '../views/valuations/tables.ts';
import { attestations, runs, tasks, verifiers } from '../views/verification/tables.ts';

/** A list of the schema: where its rows are and what they may be ordered by. */
export interface List {
  readonly table: PgTable;
  /** Type of a row in `schema.graphql`; its inputs are `<node>Where` and `<node>Order`. */
  readonly node: string;
  /** Columns that have an index or few rows, never null; the first one is the default. */
  readonly order: readonly string[];
  readonly direction: 'ASC' | 'DESC';
}

/** Every paged list of `Query`, by its field's name. */
export const lists = {
  blocks: { table: blocks, node: 'Block', order: ['height'], direction: 'DESC' },
  transactions: { table: txs, node: 'Transaction', order: ['height'], direction: 'DESC' },
  events: { table: events, node: 'Event', order: ['height'], direction: 'DESC' },
  balances: { table: balances, node: 'Balance', order: ['address', 'denom', 'amount'], direction: 'ASC' },
  supply: { table: supply, node: 'Supply', order: ['denom'], direction: 'ASC' },
  transfers: { table: transfers, node: 'Transfer', order: ['height'], direction: 'DESC' },
  validators: { table: validators, node: 'Validator', order: ['operatorAddress', 'createdHeight'], direction: 'ASC' },
  delegations: { table: delegations, node: 'Delegation', order: ['delegator'], direction: 'ASC' },
  slashes: { table: slashes, node: 'Slash', order: ['height'], direction: 'DESC' },
  objectives: { table: objectives, node: 'Objective', order: ['id'], direction: 'ASC' },
  contributions: { table: contributions, node: 'Contribution', order: ['id'], direction: 'DESC' },
  auditTrail: { table: auditEntries, node: 'AuditEntry', order: ['height'], direction: 'ASC' },
  verifiers: { table: verifiers, node: 'Verifier', order: ['operator'], direction: 'ASC' },
  tasks: { table: tasks, node: 'Task', order: ['id'], direction: 'DESC' },
  attestations: { table: attestations, node: 'Attestation', order: ['taskId'], direction: 'DESC' },
  runs: { table: runs, node: 'Run', order: ['id'], direction: 'DESC' },
  disputes: { table: disputes, node: 'Dispute', order: ['id'], direction: 'DESC' },
  valuations: { table: valuations, node: 'Valuation', order: ['contributionId', 'weight'], direction: 'DESC' },
  reputations: { table: reputations, node: 'Reputation', order: ['address', 'weight'], direction: 'ASC' },
  epochs: { table: epochs, node: 'Epoch', order: ['epoch'], direction: 'DESC' },
  rewards: { table: rewards, node: 'Reward', order: ['height'], direction: 'DESC' },
  rewardClaims: { table: rewardClaims, node: 'RewardClaim', order: ['height'], direction: 'DESC' },
  rewardTotals: { table: rewardTotals, node: 'RewardTotal', order: ['address', 'earned'], direction: 'ASC' },
  prices: { table: prices, node: 'Price', order: ['symbol'], direction: 'ASC' },
  priceUpdates: { table: priceUpdates, node: 'PriceUpdate', order: ['height'], direction: 'DESC' },
  beaconRounds: { table: beaconRounds, node: 'BeaconRound', order: ['round'], direction: 'DESC' },
} as const satisfies Record<string, List>;
