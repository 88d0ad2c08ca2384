import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RecordedNode, recorded, startNode } from '../testing/node.ts';
import { createCometSource } from './comet.ts';
import { Endpoints } from './endpoints.ts';

let node: RecordedNode;
let other: RecordedNode;
beforeAll(async () => {
  node = await startNode('2');
  other = await startNode('2');
});
afterAll(() => {
  for (const { server } of [node, other]) {
    server.closeAllConnections();
    server.close();
  }
});

function open(urls: readonly string[], stop = new AbortController()) {
  const failures: string[] = [];
  const endpoints = new Endpoints({ urls, stop: stop.signal, onFailure: (url) => failures.push(url) });
  return { source: createCometSource(endpoints), endpoints, failures, stop };
}

test('blocks of a real node come with hashes, results and events, two calls a block in one batch', async () => {
  const { source, endpoints } = open([node.url]);
  node.batches.length = 0;
  const [first, second] = await source.blocks(1, 2);
  expect(first).toMatchObject({ chainId: 'idx-1', height: 1, previousHash: '' });
  expect(second?.previousHash).toBe(first?.hash);
  expect(second?.hash).toMatch(/^[0-9A-F]{64}$/);
  expect(second?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
  expect(node.batches).toEqual([4]);
  endpoints.close();
});

test('a delegation that a real chain executed has its events in order', async () => {
  const { source, endpoints } = open([node.url]);
  const height = Number(recorded.blocks[2]?.results.height);
  const [block] = await source.blocks(height, height);
  const executed = block?.txs.find(({ events }) => events.some(({ type }) => type === 'delegate'));
  expect(executed).toMatchObject({ code: 0, gasWanted: 200_000n });
  expect(executed?.events.at(-1)?.attributes.map(({ key }) => key)).toEqual([
    'validator',
    'delegator',
    'amount',
    'new_shares',
    'msg_index',
  ]);
  endpoints.close();
});

test('the genesis is put together from its chunks', async () => {
  const { source, endpoints } = open([node.url]);
  const genesis = await source.genesis();
  expect(genesis).toMatchObject({ chainId: 'idx-1', initialHeight: 1 });
  expect(genesis.appState).toEqual(recorded.genesis.app_state);
  endpoints.close();
});

test('a node that is away or fails is passed over for the next one', async () => {
  const { source, endpoints, failures } = open(['http://127.0.0.1:1', node.url, other.url]);
  node.failure = { code: -32603, message: 'Internal error', data: 'could not find results for height #1' };
  expect(await source.blocks(1, 1)).toHaveLength(1);
  expect(failures).toEqual(['http://127.0.0.1:1', node.url]);
  node.failure = undefined;
  endpoints.close();
});

test('while no node answers a call waits, and goes on when one is back', async () => {
  const { source, endpoints, failures } = open([node.url]);
  node.failure = { code: -32603, message: 'Internal error', data: 'starting' };
  const waiting = source.blocks(1, 1);
  await new Promise((done) => setTimeout(done, 400));
  expect(failures.length).toBeGreaterThan(0);
  node.failure = undefined;
  expect(await waiting).toHaveLength(1);
  endpoints.close();
});

test('stopping ends the wait', async () => {
  const { source, endpoints, stop } = open(['http://127.0.0.1:1']);
  const waiting = source.tip();
  setTimeout(() => stop.abort(), 50);
  await expect(waiting).rejects.toThrow(/abort/i);
  endpoints.close();
});

test('history that every node has pruned is an error of its own, not a wait', async () => {
  const { source, endpoints } = open([node.url]);
  node.failure = { code: -32603, message: 'Internal error', data: 'height 1 is not available, lowest height is 900' };
  await expect(source.blocks(1, 1)).rejects.toThrow('no node has the history that is needed');
  node.failure = undefined;
  endpoints.close();
});
