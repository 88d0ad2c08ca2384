import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { blocks, events, type StoredAttribute, txs } from '../database/tables.ts';
import { accounts, balances } from '../views/accounts/tables.ts';
import { auditEntries } from '../views/audit/tables.ts';
import { beaconMisses } from '../views/beacon/tables.ts';
import * as contribution from '../views/contributions/tables.ts';
import { disputeMoves, disputes } from '../views/disputes/tables.ts';
import { prices } from '../views/oracle/tables.ts';
import { epochs, rewardClaims, rewards, rewardTotals } from '../views/rewards/tables.ts';
import { transfers } from '../views/transfers/tables.ts';
import { delegations, slashes, stakes, validators, votingPowers } from '../views/validators/tables.ts';
import { reputations, valuations } from '../views/valuations/tables.ts';
import { attestations, runs, tasks, verifierSlashes, verifiers } from '../views/verification/tables.ts';
import { type PageArgs, page, type Row } from './connection.ts';
import type { GraphqlContext as Context } from './context.ts';
import { badInput } from './failure.ts';
import { readHead } from './head.ts';
import { type List, lists } from './lists.ts';
import { provenBalance } from './provenBalance.ts';
import { scalars } from './scalars.ts';

type Resolver<Args> = (parent: Row, args: Args, context: Context) => unknown;

/** A row of another table whose unique column `property` is the parent's `from`. */
const one =
  (table: PgTable, property: string, from: string): Resolver<unknown> =>
  (parent, _, { loaders }) =>
    loaders.one(table, property, parent[from]);

/** Rows of another table whose column `property` is the parent's `from`. */
const many =
  (table: PgTable, property: string, from: string): Resolver<{ first: number }> =>
  (parent, { first }, { loaders }) =>
    loaders.many(table, property, parent[from], first);

/** A page of a list, narrowed to the parent. */
const pageOf =
  (list: List, fixed?: (parent: Row) => SQL | undefined): Resolver<PageArgs> =>
  (parent, args, { database }) =>
    page(database, list, args, fixed?.(parent));

const byArgument =
  (table: PgTable, property: string): Resolver<Record<string, unknown>> =>
  (_, args, { loaders }) =>
    loaders.one(table, property, args[property]);

const text = (value: unknown) => String(value ?? '');

const Query = {
  ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, pageOf(list)])),
  _meta: async (_: unknown, __: unknown, { database, source }: Context) => {
    const [head, nodeHeight] = await Promise.all([readHead(database), source.tipNow().catch(() => null)]);
    if (head === undefined) throw badInput('the index is empty: it has not reached a node yet');
    const lag = nodeHeight === null ? null : Math.max(0, nodeHeight - head.height);
    const { chainId, height, hash: blockHash, time } = head;
    return { chainId, height, blockHash, appHash: head.appHash ?? '', time, nodeHeight, lag };
  },
  block: (_: unknown, { height, hash }: { height?: number | null; hash?: string | null }, { loaders }: Context) => {
    if (typeof height === 'number') return loaders.one(blocks, 'height', height);
    if (typeof hash === 'string') return loaders.one(blocks, 'hash', hash.toUpperCase());
    throw badInput('give height or hash');
  },
  transaction: (_: unknown, { hash }: { hash: string }, { loaders }: Context) =>
    loaders.one(txs, 'hash', hash.toUpperCase()),
  account: async (_: unknown, { address }: { address: string }, { loaders }: Context) =>
    (await loaders.one(accounts, 'address', address)) ?? { address, firstHeight: null },
  balance: async (_: unknown, { address, denom }: { address: string; denom: string }, { database }: Context) => {
    const key = and(eq(balances.address, address), eq(balances.denom, denom));
    const [row] = await database.select().from(balances).where(key);
    return row ?? { address, denom, amount: '0', height: (await readHead(database))?.height ?? 0 };
  },
  validator: byArgument(validators, 'operatorAddress'),
  objective: byArgument(contribution.objectives, 'id'),
  contribution: (_: unknown, { id, root }: { id?: number | null; root?: string | null }, { loaders }: Context) => {
    if (typeof id === 'number') return loaders.one(contribution.contributions, 'id', id);
    if (typeof root === 'string') return loaders.one(contribution.contributions, 'root', root.toUpperCase());
    throw badInput('give id or root');
  },
  run: byArgument(runs, 'id'),
  task: byArgument(tasks, 'id'),
  dispute: byArgument(disputes, 'id'),
  epoch: byArgument(epochs, 'epoch'),
  verifier: byArgument(verifiers, 'operator'),
  reputation: byArgument(reputations, 'address'),
  price: byArgument(prices, 'symbol'),
};

const signedBy = (parent: Row) => sql`${txs.signers} @> ARRAY[${text(parent.address)}]::text[]`;
const ofAccount = {
  transfers: (parent: Row) =>
    or(eq(transfers.sender, text(parent.address)), eq(transfers.recipient, text(parent.address))),
  contributions: (parent: Row) => eq(contribution.contributions.contributor, text(parent.address)),
  runs: (parent: Row) => eq(runs.trainer, text(parent.address)),
  rewards: (parent: Row) => eq(rewards.beneficiary, text(parent.address)),
  rewardClaims: (parent: Row) => eq(rewardClaims.claimant, text(parent.address)),
  delegations: (parent: Row) => eq(delegations.delegator, text(parent.address)),
};

/** Burned stake of all slashes of a validator. */
async function burned(parent: Row, { database }: Context): Promise<bigint> {
  const [row] = await database
    .select({ sum: sql<string>`coalesce(sum(${slashes.burned}), 0)` })
    .from(slashes)
    .where(eq(slashes.consensusAddress, text(parent.consensusAddress)));
  return BigInt(row?.sum ?? '0');
}

export const resolvers = {
  ...scalars,
  Query,
  Block: {
    transactions: many(txs, 'height', 'height'),
    events: many(events, 'height', 'height'),
  },
  Transaction: {
    block: one(blocks, 'height', 'height'),
    events: (parent: Row, { first }: { first: number }, { loaders }: Context) => {
      const condition = eq(events.txPosition, Number(parent.position));
      return loaders.many(events, 'height', parent.height, first, { name: `tx ${parent.position}`, condition });
    },
  },
  Event: {
    attributes: ({ attributes }: { attributes: readonly StoredAttribute[] }) =>
      attributes.map(([key, value]) => ({ key, value })),
    transaction: async (parent: Row, _: unknown, { database }: Context) => {
      if (parent.txPosition === null) return null;
      const key = and(eq(txs.height, Number(parent.height)), eq(txs.position, Number(parent.txPosition)));
      const [row] = await database.select().from(txs).where(key);
      return row;
    },
  },
  Balance: {
    provenAt: (parent: Row, { height }: { height?: number | null }, context: Context) =>
      provenBalance(context, text(parent.address), text(parent.denom), height),
  },
  Transfer: { transaction: one(txs, 'hash', 'txHash') },
  RewardClaim: { transaction: one(txs, 'hash', 'txHash') },
  Account: {
    balances: many(balances, 'address', 'address'),
    validator: one(validators, 'account', 'address'),
    verifier: one(verifiers, 'operator', 'address'),
    reputation: one(reputations, 'address', 'address'),
    rewardTotal: one(rewardTotals, 'address', 'address'),
    transactions: pageOf(lists.transactions, signedBy),
    transfers: pageOf(lists.transfers, ofAccount.transfers),
    contributions: pageOf(lists.contributions, ofAccount.contributions),
    runs: pageOf(lists.runs, ofAccount.runs),
    rewards: pageOf(lists.rewards, ofAccount.rewards),
    rewardClaims: pageOf(lists.rewardClaims, ofAccount.rewardClaims),
    delegations: pageOf(lists.delegations, ofAccount.delegations),
  },
  Validator: {
    tokens: async (parent: Row, _: unknown, context: Context) => {
      const stake = await context.loaders.one(stakes, 'operatorAddress', parent.operatorAddress);
      return (BigInt(text(stake?.amount ?? '0')) - (await burned(parent, context))).toString();
    },
    votingPower: async (parent: Row, _: unknown, { loaders }: Context) =>
      (await loaders.one(votingPowers, 'consensusAddress', parent.consensusAddress))?.power ?? '0',
    slashes: many(slashes, 'consensusAddress', 'consensusAddress'),
    delegations: many(delegations, 'operatorAddress', 'operatorAddress'),
    verifier: one(verifiers, 'operator', 'account'),
  },
  Delegation: { validator: one(validators, 'operatorAddress', 'operatorAddress') },
  Objective: {
    rounds: many(contribution.objectiveRounds, 'objectiveId', 'id'),
    contributions: pageOf(lists.contributions, ({ id }) => eq(contribution.contributions.objectiveId, Number(id))),
    runs: pageOf(lists.runs, ({ id }) => eq(runs.objectiveId, Number(id))),
  },
  Contribution: {
    objective: one(contribution.objectives, 'id', 'objectiveId'),
    metrics: many(contribution.contributionMetrics, 'contributionId', 'id'),
    parents: related(contribution.contributionParents, 'contributionId', 'parentId'),
    children: related(contribution.contributionParents, 'parentId', 'contributionId'),
    similar: async (parent: Row, { first }: { first: number }, { loaders }: Context) => {
      const found = await loaders.many(contribution.contributionSimilarities, 'contributionId', parent.id, first);
      return found.map(({ otherId, similarityPpm }) => ({
        similarityPpm,
        contribution: () => loaders.one(contribution.contributions, 'id', otherId),
      }));
    },
    steps: many(contribution.contributionSteps, 'contributionId', 'id'),
    audit: pageOf(lists.auditTrail, ({ id }) => eq(auditEntries.contributionId, Number(id))),
    payments: many(contribution.contributionPayments, 'contributionId', 'id'),
    appeal: one(contribution.contributionAppeals, 'contributionId', 'id'),
    version: one(contribution.contributionVersions, 'contributionId', 'id'),
    stream: many(contribution.contributionVersions, 'streamId', 'id'),
    valuation: one(valuations, 'contributionId', 'id'),
    task: one(tasks, 'id', 'taskId'),
    run: one(runs, 'id', 'runId'),
    rewards: many(rewards, 'contributionId', 'id'),
  },
  AuditEntry: {
    attributes: ({ attributes }: { attributes: readonly StoredAttribute[] }) =>
      attributes.map(([key, value]) => ({ key, value })),
    transaction: one(txs, 'hash', 'txHash'),
    contribution: one(contribution.contributions, 'id', 'contributionId'),
  },
  ContributionAppeal: { task: one(tasks, 'id', 'taskId') },
  ContributionVersion: {
    contribution: one(contribution.contributions, 'id', 'contributionId'),
    previous: one(contribution.contributions, 'id', 'previousId'),
  },
  Verifier: {
    attestations: many(attestations, 'operator', 'operator'),
    slashes: many(verifierSlashes, 'operator', 'operator'),
    reputation: one(reputations, 'address', 'operator'),
  },
  Task: {
    attestations: many(attestations, 'taskId', 'id'),
    contribution: subject('contribution', contribution.contributions),
    run: subject('run', runs),
  },
  Attestation: { task: one(tasks, 'id', 'taskId'), verifier: one(verifiers, 'operator', 'operator') },
  Run: {
    objective: one(contribution.objectives, 'id', 'objectiveId'),
    task: one(tasks, 'id', 'taskId'),
    model: one(contribution.contributions, 'id', 'modelContributionId'),
    data: one(contribution.contributions, 'id', 'dataContributionId'),
    disputes: many(disputes, 'runId', 'id'),
  },
  Dispute: { run: one(runs, 'id', 'runId'), history: many(disputeMoves, 'disputeId', 'id') },
  Valuation: {
    contribution: one(contribution.contributions, 'id', 'contributionId'),
    objective: one(contribution.objectives, 'id', 'objectiveId'),
  },
  Epoch: { rewards: pageOf(lists.rewards, ({ epoch }) => eq(rewards.epoch, Number(epoch))) },
  Reward: { contribution: one(contribution.contributions, 'id', 'contributionId') },
  RewardTotal: {
    claimable: ({ earned, claimed }: Row) => (BigInt(text(earned)) - BigInt(text(claimed))).toString(),
  },
  BeaconRound: {
    missed: async (parent: Row, { first }: { first: number }, { loaders }: Context) =>
      (await loaders.many(beaconMisses, 'round', parent.round, first)).map(({ operator }) => operator),
  },
};

/** Contributions at the other end of provenance edges. */
function related(edges: PgTable, from: string, to: string): Resolver<{ first: number }> {
  return async (parent, { first }, { loaders }) => {
    const found = await loaders.many(edges, from, parent.id, first);
    const rows = await Promise.all(found.map((edge) => loaders.one(contribution.contributions, 'id', edge[to])));
    return rows.filter((row) => row !== undefined);
  };
}

/** What a task is about, if it is of that kind. */
function subject(kind: string, table: PgTable): Resolver<unknown> {
  return (parent, _, { loaders }) => (parent.subject === kind ? loaders.one(table, 'id', parent.subjectId) : undefined);
}
