import type { Server } from 'node:http';
import { getIntrospectionQuery } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createRegistry } from '../../sdk/registry.ts';
import { connectClient, openPool } from '../database/connect.ts';
import { migrate } from '../database/migrations.ts';
import { listen } from '../http.ts';
import { BlockStore } from '../ingest/store.ts';
import { Status } from '../status.ts';
import { alice, bob, genesis, MemorySource, operator } from '../testing/chain.ts';
import { startTestPostgres, type TestPostgres } from '../testing/database.ts';
import { legalQueries } from '../testing/queries.ts';
import { story } from '../testing/story.ts';
import { updateViews } from '../views/rebuild.ts';
import { views } from '../views/views.ts';
import { createGraphqlHandler } from './server.ts';

let postgres: TestPostgres;
let server: Server;
let url: string;
let end: () => Promise<void>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await postgres.newDatabase();
  const client = await connectClient(databaseUrl);
  await migrate(client);
  await updateViews(client, views);
  const store = new BlockStore(client, createRegistry(), views);
  await store.append(await store.begin(genesis), story(130));
  await client.end();
  const { pool, database } = openPool(databaseUrl);
  end = () => pool.end();
  const status = new Status();
  const source = new MemorySource(story(131));
  const handler = createGraphqlHandler({ database, source, status, logger: pino({ level: 'silent' }) });
  const ready = () => Promise.resolve({ ready: true });
  server = await listen({ host: '127.0.0.1', port: 0, status, ready, graphql: () => handler });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await end();
  await postgres.stop();
});

const answerShape = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

async function ask(query: string, variables: Record<string, unknown> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return answerShape.parse(await response.json());
}

describe('queries of an explorer pass the limits', () => {
  test.each(Object.entries(legalQueries))('%s', async (_, query) => {
    const { data, errors } = await ask(query, { address: alice });
    expect(errors).toBeUndefined();
    expect(data).toBeDefined();
  });

  test('introspection', async () => {
    expect((await ask(getIntrospectionQuery())).errors).toBeUndefined();
  });
});

test('_meta says how far the index is and how far the node', async () => {
  const { data } = await ask('{ _meta { chainId height lag nodeHeight } }');
  expect(data).toEqual({ _meta: { chainId: 'test-1', height: 130, lag: 1, nodeHeight: 131 } });
});

test('a contribution comes with everything that hangs on it', async () => {
  const { data } = await ask(`{ contribution(root: "${'ab'.repeat(32)}") {
    title status sizeBytes objective { title } metrics { name value } valuation { weight }
    task { attestations { verdict } } rewards { amount } steps { status } } }`);
  expect(data).toEqual({
    contribution: {
      title: 'Palmer penguins',
      status: 'final',
      sizeBytes: '18446744073709551615',
      objective: { title: 'penguins' },
      metrics: [
        { name: 'accuracy', value: '990000' },
        { name: 'impact_micro', value: '-5' },
      ],
      valuation: { weight: '693' },
      task: { attestations: [{ verdict: 'valid' }] },
      rewards: [{ amount: '40' }],
      steps: [{ status: 'assessing' }, { status: 'accepted' }, { status: 'final' }],
    },
  });
});

test('the audit trail of a contribution is every event that names it, in order, with its tx where one did it', async () => {
  const { data } = await ask(`{ contribution(id: 1) { audit(first: 50) { nodes { type height txHash } } } }`);
  const { nodes } = auditShape.parse(data).contribution.audit;
  const types = nodes.map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(['contribution_submitted', 'task_assigned', 'reward_paid']));
  expect(nodes.map(({ height }) => height)).toEqual(nodes.map(({ height }) => height).toSorted((a, b) => a - b));
  expect(nodes.find(({ type }) => type === 'contribution_submitted')?.txHash).toMatch(/^[0-9A-F]{64}$/);
  expect(nodes.find(({ type }) => type === 'reward_paid')?.txHash).toBeNull();
});

const auditShape = z.object({
  contribution: z.object({
    audit: z.object({
      nodes: z.array(z.object({ type: z.string(), height: z.number(), txHash: z.string().nullable() })),
    }),
  }),
});

const pageShape = z.object({
  blocks: z.object({
    totalCount: z.number(),
    nodes: z.array(z.object({ height: z.number() })),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

test.each(['ASC', 'DESC'])('pages in order %s reach every block once', async (direction) => {
  const heights: number[] = [];
  let after: string | null = null;
  do {
    const query = `query Page($after: String) { blocks(first: 40, after: $after, orderBy: { direction: ${direction} }) {
      totalCount nodes { height } pageInfo { hasNextPage endCursor } } }`;
    const { blocks } = pageShape.parse((await ask(query, { after })).data);
    expect(blocks.totalCount).toBe(130);
    heights.push(...blocks.nodes.map(({ height }) => height));
    after = blocks.pageInfo.hasNextPage ? blocks.pageInfo.endCursor : null;
  } while (after !== null);
  const expected = Array.from({ length: 130 }, (_, index) => index + 1);
  expect(heights).toEqual(direction === 'ASC' ? expected : expected.reverse());
});

test('the last rows of a list come in its order too', async () => {
  const { data } = await ask('{ blocks(last: 2) { nodes { height } pageInfo { hasPreviousPage hasNextPage } } }');
  expect(data).toEqual({
    blocks: { nodes: [{ height: 2 }, { height: 1 }], pageInfo: { hasPreviousPage: true, hasNextPage: false } },
  });
});

test('rows are found by what they hold', async () => {
  const { data } = await ask(`{
    failed: transactions(where: { code: { _ne: 0 } }) { nodes { codespace log signers } }
    signed: transactions(where: { signers: { _has: "${alice}" }, height: { _gt: 2, _lt: 5 } }) { totalCount }
    transfers(where: { OR: [{ sender: { _eq: "${bob}" } }, { amount: { _gte: "10" } }] }) { nodes { amount time } }
    validators { nodes { moniker tokens votingPower operatorAddress } }
    rewardTotals(orderBy: { field: EARNED, direction: DESC }, first: 1) { nodes { earned claimable } }
    balance(address: "${bob}", denom: "nothing") { amount }
  }`);
  expect(data).toEqual({
    failed: { nodes: [{ codespace: 'sdk', log: 'insufficient funds', signers: [alice] }] },
    signed: { totalCount: 2 },
    transfers: { nodes: [{ amount: '10', time: '2026-01-01T00:00:02Z' }] },
    validators: { nodes: [{ moniker: 'nine', tokens: '5000100', votingPower: '5', operatorAddress: operator }] },
    rewardTotals: { nodes: [{ earned: '40', claimable: '25' }] },
    balance: { amount: '0' },
  });
});

describe('what a server should not do is refused in one sentence', () => {
  const deep = (levels: number): string =>
    levels === 0 ? '{ id }' : `{ id task { contribution ${deep(levels - 1)} } }`;
  test.each([
    ['a page too long', '{ blocks(first: 101) { nodes { height } } }', 'a page has 0 to 100 rows'],
    ['a nested list too long', '{ blocks { nodes { events(first: 101) { type } } } }', 'a list has 0 to 100 rows'],
    ['first and last', '{ blocks(first: 1, last: 1) { nodes { height } } }', 'not both'],
    ['a made-up cursor', '{ blocks(after: "x") { nodes { height } } }', 'not a cursor'],
    ['a query too deep', `{ contribution(id: 1) ${deep(8)} }`, 'depth limit of 12 exceeded'],
    [
      'too many aliases',
      `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: block(height: 1) { hash }`).join(' ')} }`,
      'Aliases limit of 30 exceeded',
    ],
    ['too many tokens', `{ ${'_meta { height } '.repeat(600)} }`, 'Token limit'],
    [
      'a balance in the future',
      `{ balance(address: "${bob}", denom: "uinf") { provenAt(height: 999) { value } } }`,
      'goes up to 129',
    ],
  ])('%s', async (_, query, message) => {
    const { errors } = await ask(query);
    expect(errors?.map((error) => error.message).join(' ')).toContain(message);
  });

  test('a request of half a megabyte', async () => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', body: 'x'.repeat(500_000) });
    expect(response.status).toBe(413);
  });
});

test('GET answers queries, browsers get GraphiQL from this server alone', async () => {
  const response = await fetch(`${url}/graphql?query=${encodeURIComponent('{ _meta { height } }')}`);
  expect(await response.json()).toEqual({ data: { _meta: { height: 130 } } });
  const page = await (await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).text();
  expect(page).toContain('AI Infinet');
  expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
});

test('health, readiness and metrics are on the same port', async () => {
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('indexer_graphql_seconds_count');
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
});

test('a taken port is named, with the option to change', async () => {
  const port = Number(new URL(url).port);
  const options = { host: '127.0.0.1', port, status: new Status(), ready: () => Promise.resolve({ ready: true }) };
  await expect(listen({ ...options, graphql: () => undefined })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is already in use: stop what listens there, or change --listen`,
  );
});
