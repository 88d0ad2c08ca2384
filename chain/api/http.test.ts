import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HttpApi, startHttpApi } from './http.ts';
import { createMetrics, type NodeStatus } from './metrics.ts';

let api: HttpApi;
let status: NodeStatus;
const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${api.port}${path}`, init);

beforeEach(async () => {
  status = {
    chainId: 'c-1',
    height: 5n,
    appHash: 'AB',
    blockAgeMs: 100,
    lagMs: 200,
    prices: 2,
    clockSkewSeconds: 1,
    diskFreeBytes: 1000,
    failure: undefined,
  };
  const metrics = createMetrics(() => status);
  api = await startHttpApi({ host: '127.0.0.1', port: 0, status: () => status, metrics, readyMaxBlockAgeMs: 1000 });
});
afterEach(() => api.close());

test('a node is ready while blocks keep coming', async () => {
  const fresh = await get('/ready');
  expect([fresh.status, await fresh.json()]).toEqual([
    200,
    { ready: true, chain_id: 'c-1', height: '5', app_hash: 'AB', catching_up: false, block_age_ms: 100 },
  ]);
  status = { ...status, blockAgeMs: 1001 };
  const old = await get('/ready');
  expect([old.status, await old.json()]).toEqual([
    503,
    expect.objectContaining({ reason: 'the last block is too old' }),
  ]);
  status = { ...status, blockAgeMs: undefined };
  expect((await get('/ready')).status).toBe(503);
  expect((await get('/health')).status).toBe(200);
});

test('a node that catches up with its peers is not ready, however fast its blocks come', async () => {
  status = { ...status, lagMs: 86_400_000 };
  const answer = await get('/ready');
  expect([answer.status, await answer.json()]).toEqual([
    503,
    expect.objectContaining({ catching_up: true, reason: 'catching up: the last block is 86400 s behind' }),
  ]);
});

test('a node whose state machine stopped is neither healthy nor ready, and says why', async () => {
  status = { ...status, failure: 'invariant broken' };
  const health = await get('/health');
  expect([health.status, await health.json()]).toEqual([503, { status: 'failed', failure: 'invariant broken' }]);
  expect((await get('/ready')).status).toBe(503);
});

test('metrics show the height and the process in Prometheus text', async () => {
  const response = await get('/metrics');
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(text).toContain('infinetd_block_height 5');
  expect(text).toContain('infinetd_process_resident_memory_bytes');
});

test('other paths and methods are refused', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/metrics', { method: 'POST' })).status).toBe(405);
});

test('a taken port rejects with the code of the system', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const metrics = createMetrics(() => status);
  await expect(
    startHttpApi({ host: '127.0.0.1', port, status: () => status, metrics, readyMaxBlockAgeMs: 1 }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();
});
