import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OracleConfig } from './config.ts';
import { median, type PriceFeed, startPriceFeed } from './prices.ts';

let server: Server;
let base: string;
let feed: PriceFeed | undefined;
const routes = new Map<string, RequestListener>();
const asked: string[] = [];

beforeEach(async () => {
  routes.clear();
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const route = routes.get(request.url ?? '');
    if (route === undefined) response.writeHead(404).end();
    else route(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterEach(async () => {
  feed?.stop();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const answer = (body: string): RequestListener => {
  return (_request, response) => void response.end(body);
};

function configFor(paths: readonly string[]): OracleConfig {
  return {
    interval_ms: 3_600_000,
    timeout_ms: 300,
    max_age_ms: 10_000,
    max_response_bytes: 1000,
    extension_timeout_ms: 100,
    prices: [{ symbol: 'BTC', sources: paths.map((path) => ({ url: base + path, pointer: '/p' })) }],
  };
}

test('a symbol is worth the median of its distinct sources', async () => {
  routes.set('/a', answer('{"p": 10}')).set('/b', answer('{"p": "11.5"}')).set('/c', answer('{"p": 99}'));
  feed = startPriceFeed({ config: configFor(['/a', '/b', '/c']) });
  await feed.refresh();
  expect(feed.prices().get('BTC')).toBe(11_500_000n);
});

test('the same URL twice is one opinion, asked once', async () => {
  routes.set('/a', answer('{"p": 10}')).set('/b', answer('{"p": 20}'));
  feed = startPriceFeed({ config: configFor(['/a', '/a', '/./a', '/b']) });
  await feed.refresh();
  expect(feed.prices().get('BTC')).toBe(15_000_000n);
  expect(asked.sort()).toEqual(['/a', '/b']);
});

test('garbage, negative, huge, slow, failing and redirecting sources are left out, and each is reported once', async () => {
  routes
    .set('/good', answer('{"p": 7}'))
    .set('/garbage', answer('<html>'))
    .set('/negative', answer('{"p": -7}'))
    .set('/huge', (_request, response) => {
      const more = () => response.write('x'.repeat(65536), () => void setTimeout(more, 1));
      more();
    })
    .set('/slow', (_request, response) => void response.write('{"p":'))
    .set('/fails', (_request, response) => void response.writeHead(500).end('{"p": 8}'))
    .set('/moved', (_request, response) => void response.writeHead(302, { location: `${base}/good` }).end());
  const bad = ['/garbage', '/negative', '/huge', '/slow', '/fails', '/moved', '/missing'];
  const problems = new Map<string, string | undefined>();
  let reports = 0;
  feed = startPriceFeed({
    config: configFor(['/good', ...bad]),
    onSource: (url, problem) => {
      reports++;
      problems.set(url.slice(base.length), problem);
    },
  });
  await feed.refresh();
  await feed.refresh();
  expect(feed.prices().get('BTC')).toBe(7_000_000n);
  expect([...problems.keys()].sort()).toEqual([...bad].sort());
  expect(reports).toBe(bad.length);
  expect(problems.get('/huge')).toContain('longer than 1000 bytes');
  expect(problems.get('/negative')).toContain('cannot be negative');
});

test('a source that recovers is reported and counts again', async () => {
  const reports: (string | undefined)[] = [];
  routes.set('/a', answer('nonsense'));
  feed = startPriceFeed({ config: configFor(['/a']), onSource: (_url, problem) => reports.push(problem) });
  await feed.refresh();
  expect(feed.prices().size).toBe(0);
  routes.set('/a', answer('{"p": 3}'));
  await feed.refresh();
  expect(feed.prices().get('BTC')).toBe(3_000_000n);
  expect(reports).toEqual([expect.stringContaining('JSON'), undefined]);
});

test('a price that nobody confirmed for too long is forgotten', async () => {
  let now = 0;
  routes.set('/a', answer('{"p": 3}'));
  feed = startPriceFeed({ config: configFor(['/a']), now: () => now });
  await feed.refresh();
  now = 10_000;
  expect(feed.prices().get('BTC')).toBe(3_000_000n);
  now = 10_001;
  expect(feed.prices().size).toBe(0);
});

test('the median of an even number of values is the mean of the middle two, rounded down', () => {
  expect(median([4n, 1n])).toBe(2n);
  expect(median([9n, 1n, 5n])).toBe(5n);
});

test('prices are dated by the oldest observation that counts', async () => {
  let now = 0;
  routes.set('/a', answer('{"p": 3}')).set('/b', answer('{"p": 5}'));
  feed = startPriceFeed({ config: configFor(['/a', '/b']), now: () => now, clock: () => 1_700_000_000_900 + now });
  expect(feed.observedSeconds()).toBe(0n);
  await feed.refresh();
  now = 4_000;
  routes.set('/b', answer('stalled'));
  await feed.refresh();
  expect(feed.observedSeconds()).toBe(1_700_000_000n);
  // The source that answers again and again is not as old as the one that stopped, until that one is forgotten.
  now = 10_001;
  expect(feed.prices().get('BTC')).toBe(3_000_000n);
  expect(feed.observedSeconds()).toBe(1_700_000_004n);
});
