import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RecordedExchange, replay } from '../testing/replay.ts';
import { type RestApi, startRest } from './rest.ts';
import { RestRoutes } from './routes.ts';

/** What `simd` v0.50.9 answered over REST, with the gRPC calls behind it (`testing/recordSimd.ts`). */
const recorded: readonly RecordedExchange[] = JSON.parse(
  readFileSync(new URL('../testing/simdRest.json', import.meta.url), 'utf8'),
);

let api: RestApi;
const at = (url: string) => `http://127.0.0.1:${api.port}${url}`;

beforeAll(async () => {
  const corsOrigins = ['https://wallet.example.org', 'http://127.0.0.1:*'];
  api = await startRest({ host: '127.0.0.1', port: 0, backend: replay(recorded), corsOrigins, maxBodyBytes: 20_000 });
});
afterAll(() => api.close());

describe('over the same gRPC answers, byte for byte what simd answers to', () => {
  test.each(recorded.map((exchange) => [`${exchange.method ?? 'GET'} ${exchange.url}`, exchange] as const))(
    '%s',
    async (_name, exchange) => {
      const { url, method = 'GET', body, headers, status, answer, calls } = exchange;
      const response = await fetch(at(url), { method, body, headers });
      expect([response.status, await response.text()]).toEqual([status, answer]);
      expect(response.headers.get('content-type')).toBe('application/json');
      const height = calls.at(-1)?.at ?? null;
      expect(response.headers.get('x-cosmos-block-height')).toBe(height);
      expect(response.headers.get('grpc-metadata-x-cosmos-block-height')).toBe(height);
    },
  );
});

test('our own queries have routes without being told: package, version and method', () => {
  const routes = new RestRoutes([
    '/infinet.oracle.v1.Query/Price',
    '/infinet.contribution.v1.Query/ContributionByRoot',
  ]);
  expect(routes.find('GET', '/infinet/oracle/v1/price')?.route.path).toBe('/infinet.oracle.v1.Query/Price');
  expect(routes.find('GET', '/infinet/contribution/v1/contribution_by_root')).toBeDefined();
  expect(routes.find('GET', '/infinet/contribution/v1/contributions')).toBeUndefined();
});

test('every query and service of the Cosmos SDK that declares routes has them', () => {
  const paths = new Set(new RestRoutes(undefined).all.map(({ path }) => path));
  for (const path of [
    '/cosmos.bank.v1beta1.Query/DenomOwners',
    '/cosmos.tx.v1beta1.Service/BroadcastTx',
    '/cosmos.base.tendermint.v1beta1.Service/ABCIQuery',
    '/cosmos.staking.v1beta1.Query/Redelegations',
  ]) {
    expect(paths).toContain(path);
  }
});

test('web pages may ask only from origins that the operator lists', async () => {
  const ask = (origin: string, method = 'GET') =>
    fetch(at('/cosmos/auth/v1beta1/bech32'), { method, headers: { origin, 'x-cosmos-block-height': '100' } });
  const allowed = await ask('https://wallet.example.org');
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://wallet.example.org');
  expect((await ask('http://127.0.0.1:8080')).headers.get('access-control-allow-origin')).toBe('http://127.0.0.1:8080');
  expect((await ask('http://127.0.0.1:8080.evil.org')).headers.get('access-control-allow-origin')).toBeNull();
  expect((await ask('https://evil.example.org')).headers.get('access-control-allow-origin')).toBeNull();
  expect((await ask('https://wallet.example.org', 'OPTIONS')).status).toBe(204);
});

test('a body above the limit is refused before it is read to its end', async () => {
  const response = await fetch(at('/cosmos/tx/v1beta1/simulate'), { method: 'POST', body: 'x'.repeat(30_000) });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 3, message: 'the body has more than 20000 bytes' });
});

test('paths that are not percent-encoded UTF-8 are refused, and the server goes on', async () => {
  const status = await new Promise((resolve) => {
    httpRequest({ port: api.port, host: '127.0.0.1', path: '/cosmos/%ff%fe' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(status).toBe(400);
  expect((await fetch(at('/nothing'))).status).toBe(501);
});
