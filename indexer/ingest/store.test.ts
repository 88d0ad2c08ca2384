import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRegistry } from '../../sdk/registry.ts';
import { connectClient } from '../database/connect.ts';
import { migrate } from '../database/migrations.ts';
import type { SourceBlock } from '../source/block.ts';
import { alice, bob, genesis, operator, validator } from '../testing/chain.ts';
import { dump, startTestPostgres, type TestPostgres } from '../testing/database.ts';
import { story } from '../testing/story.ts';
import { updateViews } from '../views/rebuild.ts';
import { views } from '../views/views.ts';
import { BlockStore } from './store.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const blocks = story();

async function open(url: string): Promise<{ client: pg.Client; store: BlockStore }> {
  const client = await connectClient(url);
  await migrate(client);
  await updateViews(client, views);
  return { client, store: new BlockStore(client, createRegistry(), views) };
}

async function indexed(batch: number, source: readonly SourceBlock[] = blocks): Promise<string> {
  const url = await postgres.newDatabase();
  const { client, store } = await open(url);
  let position = await store.begin(genesis);
  for (let start = 0; start < source.length; start += batch) {
    position = await store.append(position, source.slice(start, start + batch));
  }
  await client.end();
  return url;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query({ text, rowMode: 'array' });
  await client.end();
  return rows;
}

test('balances are the genesis plus what moved, fees of failed transactions included', async () => {
  const url = await indexed(7);
  const rows = await query(url, 'SELECT address, denom, amount FROM indexer.balances ORDER BY 1, 2');
  expect(rows).toEqual(
    [
      [alice, 'uinf', '984'],
      [alice, 'uatom', '-2'],
      [bob, 'uatom', '5'],
      [bob, 'uinf', '15'],
      [validator, 'uinf', '7'],
    ].sort((a, b) => `${a[0]}${a[1]}`.localeCompare(`${b[0]}${b[1]}`)),
  );
  expect(await query(url, "SELECT amount FROM indexer.supply WHERE denom = 'uinf'")).toEqual([['1007']]);
});

test('a contribution shows its status, metrics, valuation and rewards', async () => {
  const url = await indexed(3);
  expect(
    await query(url, 'SELECT status, accepted, root, size_bytes, task_id, status_height FROM indexer.contributions'),
  ).toEqual([['final', true, 'AB'.repeat(32), '18446744073709551615', '1', '8']]);
  expect(await query(url, 'SELECT name, value FROM indexer.contribution_metrics ORDER BY 1')).toEqual([
    ['accuracy', '990000'],
    ['impact_micro', '-5'],
  ]);
  expect(await query(url, 'SELECT weight, settled FROM indexer.valuations')).toEqual([['693', false]]);
  expect(await query(url, 'SELECT address, earned, claimed FROM indexer.reward_totals ORDER BY 2')).toEqual([
    [validator, '9', '0'],
    [alice, '40', '15'],
  ]);
  expect(await query(url, 'SELECT state, verdict, metrics FROM indexer.attestations')).toEqual([
    [
      'revealed',
      'valid',
      [
        { name: 'accuracy', value: '990000' },
        { name: 'impact_micro', value: '-5' },
      ],
    ],
  ]);
  expect(await query(url, `SELECT amount FROM indexer.stakes WHERE operator_address = '${operator}'`)).toEqual([
    ['5000100'],
  ]);
});

test('a failed transaction keeps its error, an unknown message its bytes, text that Postgres cannot hold its place', async () => {
  const url = await indexed(30);
  expect(await query(url, 'SELECT codespace, code, log FROM indexer.txs WHERE code <> 0')).toEqual([
    ['sdk', '5', 'insufficient funds'],
  ]);
  expect(await query(url, "SELECT messages FROM indexer.txs WHERE message_types @> ARRAY['/unknown.Msg']")).toEqual([
    [[{ typeUrl: '/unknown.Msg', raw: Buffer.alloc(32, 0xab).toString('base64') }]],
  ]);
  expect(await query(url, 'SELECT memo, signers FROM indexer.txs WHERE height = 2 AND position = 0')).toEqual([
    ['a zero \ufffd and half a pair \ufffd', [alice]],
  ]);
});

test('the size of the batches does not show in the database', async () => {
  const [one, many] = await Promise.all([indexed(1), indexed(blocks.length)]);
  expect(await dump(many)).toEqual(await dump(one));
});

test('a kill in the middle of any block leaves the database of the block before, and the end is the same', async () => {
  const expected = await dump(await indexed(1));
  const url = await postgres.newDatabase();
  let { client, store } = await open(url);
  let position = await store.begin(genesis);
  for (const block of blocks.slice(0, 12)) {
    // The connection dies while rows are being written, as with kill -9: Postgres rolls back.
    const killer = connectClient(url);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const before = await dump(url);
    const writing = store.append(position, [block]).catch((error: unknown) => error);
    await (await killer).query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await writing;
    await (await killer).end();
    await client.end().catch(() => {});
    ({ client, store } = await open(url));
    const found = await store.position();
    expect([block.height - 1, block.height]).toContain(found?.height);
    if (found?.height === block.height - 1) expect(await dump(url)).toEqual(before);
    position = found?.height === block.height ? found : await store.append(position, [block]);
  }
  await store.append(position, blocks.slice(12));
  await client.end();
  expect(await dump(url)).toEqual(expected);
});

describe('what does not continue the chain stops ingest and leaves the database as it was', () => {
  const [first, second, third] = blocks;
  if (first === undefined || second === undefined || third === undefined) throw new Error('the story is too short');

  test.each([
    ['another hash', [first, { ...second, previousHash: 'FF'.repeat(32) }], 'different histories'],
    ['a gap', [first, third], 'there is a gap'],
    ['another chain', [{ ...first, chainId: 'other-1' }], 'the database holds chain test-1'],
    [
      'an event that its module does not know',
      [{ ...first, events: [{ type: 'reward_paid', attributes: [{ key: 'epoch', value: 'soon' }] }] }],
      'view rewards cannot take reward_paid of block 1: not an integer: "soon"',
    ],
  ])('%s', async (_, wrong, message) => {
    const url = await postgres.newDatabase();
    const { client, store } = await open(url);
    const position = await store.begin(genesis);
    const before = await dump(url);
    await expect(store.append(position, wrong)).rejects.toThrow(message);
    expect(await dump(url)).toEqual(before);
    await client.end();
  });

  test('a second writer', async () => {
    const url = await postgres.newDatabase();
    const { client, store } = await open(url);
    const position = await store.begin(genesis);
    await store.append(position, [first]);
    await expect(store.append(position, [first])).rejects.toThrow('another indexer writes into it');
    await client.end();
  });
});

test('a view of a new version is made again from what is stored, equal to the one that grew with the chain', async () => {
  const url = await indexed(5);
  const expected = await dump(url);
  const client = await connectClient(url);
  expect(await updateViews(client, views)).toEqual([]);
  await client.query('UPDATE indexer.views SET version = 0');
  await client.query('TRUNCATE indexer.balances, indexer.contributions, indexer.rewards');
  expect(await updateViews(client, views)).toEqual(views.map(({ name }) => name));
  await client.end();
  expect(await dump(url)).toEqual(expected);
});

test('a database of a newer indexer is refused', async () => {
  const url = await indexed(30);
  const client = await connectClient(url);
  await client.query("UPDATE indexer.views SET version = 99 WHERE name = 'rewards'");
  await expect(updateViews(client, views)).rejects.toThrow('holds version 99 of view rewards');
  await client.query('INSERT INTO indexer.migrations (id) VALUES (9999)');
  await expect(migrate(client)).rejects.toThrow('made by a newer indexer');
  await client.end();
});
