import { connect, type Socket } from 'node:net';
import { Client, credentials } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAddressCodec } from '../../sdk/address.ts';
import { descriptors } from '../../sdk/codec/descriptors.ts';
import { GrpcError } from '../app/grpcStatus.ts';
import { initChain, nextBlock, type ToyChain, toyChain } from '../app/testing/toyChain.ts';
import { CometRpcError } from '../node/comet/client.ts';
import { allMethods } from '../node/services/testing/requests.ts';
import { createBackend, type QueryBackend } from './backend.ts';
import { type GrpcApi, startGrpc } from './grpc.ts';
import { readJson } from './json/read.ts';
import { writeJson } from './json/write.ts';
import { reflect } from './reflection.ts';
import { type RestApi, startRest } from './rest/rest.ts';
import { RestRoutes } from './rest/routes.ts';

/** Inputs of each test; INFINET_FUZZ_RUNS makes a long run of it. The seed is fixed, so that a failure comes again. */
const runs = Number(process.env.INFINET_FUZZ_RUNS ?? '100');
const options = { seed: 4, numRuns: runs } as const;

let chain: ToyChain;
let backend: QueryBackend;
let grpc: GrpcApi;
let rest: RestApi;
const bugs: string[] = [];

beforeAll(async () => {
  chain = toyChain();
  initChain(chain);
  nextBlock(chain);
  const comet = { call: () => Promise.reject(new CometRpcError('not here')) };
  backend = createBackend({
    state: chain.app,
    methods: [...allMethods(comet, createAddressCodec('infinet'), () => 1n).values()],
    height: () => 1n,
    limit: 100,
    onBug: (path, error) => bugs.push(`${path}: ${String(error)}`),
  });
  grpc = await startGrpc({ host: '127.0.0.1', port: 0, backend, healthy: () => true });
  rest = await startRest({ host: '127.0.0.1', port: 0, backend, corsOrigins: ['*'], maxBodyBytes: 10_000 });
});
afterAll(async () => {
  await grpc.close();
  await rest.close();
});

const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), protobufLike());

/** Bytes that look like a message: tags, varints and lengths that mostly fit. */
function protobufLike(): fc.Arbitrary<Uint8Array> {
  const field = fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom(0, 1, 2, 5), fc.uint8Array({ maxLength: 40 }))
    .map(([number, wire, body]) => {
      const tag = (number << 3) | wire;
      const size = wire === 2 ? [body.length] : [];
      return [...(tag > 127 ? [(tag & 127) | 128, tag >> 7] : [tag]), ...size, ...body];
    });
  return fc.array(field, { maxLength: 6 }).map((fields) => Uint8Array.from(fields.flat()));
}

test('abci_query answers any path and bytes with a code, and never throws', () => {
  const path = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.constantFrom(...chain.app.queryPaths, '/store/toy/key', '/app/simulate'),
  );
  fc.assert(
    fc.property(path, bytes, fc.bigInt({ min: -3n, max: 5n }), fc.boolean(), (asked, data, height, prove) => {
      const { code, log } = chain.app.query({ path: asked, data, height, prove });
      expect(code).toBeTypeOf('number');
      expect(log.length).toBeLessThan(2000);
    }),
    { ...options, numRuns: runs * 3 },
  );
});

test('every method answers any bytes with a response or a gRPC status', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...backend.paths), bytes, async (path, request) => {
      const outcome = await backend.call(path, request, 0n).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(GrpcError);
    }),
    options,
  );
  expect(bugs).toEqual([]);
});

test('JSON that is written of any bytes of any type ends or throws, and reads back to what it shows', () => {
  const types = [...descriptors].filter((type) => type.kind === 'message' && /^(cosmos|infinet)\./.test(type.typeName));
  fc.assert(
    fc.property(fc.constantFrom(...types), protobufLike(), (type, encoded) => {
      if (type.kind !== 'message') return;
      let text: string;
      try {
        text = writeJson(type, encoded);
      } catch {
        return;
      }
      const json: unknown = JSON.parse(text);
      try {
        expect(writeJson(type, readJson(type, json))).toBe(text);
      } catch (error) {
        // Texts and enum numbers that JSON shows but does not take back.
        expect(String(error)).toMatch(/decimal|unknown value|maps|floating|AssertionError|must be|Invalid|cannot|UTF/);
      }
    }),
    { ...options, numRuns: runs * 3 },
  );
});

test('reflection answers any bytes or throws', () => {
  fc.assert(
    fc.property(bytes, (request) => {
      try {
        expect(reflect(request, ['a.B']).length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    options,
  );
});

test('REST answers any URL, header and body below 600, and lives on', async () => {
  const templates = new RestRoutes(undefined).all.map(({ parts }) =>
    parts.map((part) => ('text' in part ? part.text : '@')).join('/'),
  );
  const segment = fc.oneof(
    fc.string({ maxLength: 20 }).map(encodeURIComponent),
    fc.constantFrom('1', '-1', 'x', '', '%2F'),
  );
  const path = fc
    .tuple(fc.constantFrom(...templates), segment)
    .map(([route, value]) => `/${route.replaceAll('@', value)}`);
  const name = fc.constantFrom(
    'pagination.limit',
    'pagination.key',
    'pagination.offset.x',
    'height',
    'denom',
    '__proto__',
    'status',
  );
  const query = fc.array(fc.tuple(name, fc.string({ maxLength: 20 })), { maxLength: 4 });
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('{"tx":{"body":{"messages":[{"@type":"/x"}]}}}', '['.repeat(9_000)),
  );
  await fc.assert(
    fc.asyncProperty(
      path,
      query,
      body,
      fc.constantFrom('GET', 'POST'),
      fc.string(),
      async (at, pairs, text, method, height) => {
        const url = `http://127.0.0.1:${rest.port}${at}?${new URLSearchParams(pairs)}`;
        const headers = { 'x-cosmos-block-height': encodeURIComponent(height) };
        const response = await fetch(url, { method, headers, ...(method === 'POST' ? { body: text } : {}) });
        expect(response.status).toBeLessThan(600);
        const answer: unknown = await response.json();
        expect(answer).toBeTypeOf('object');
      },
    ),
    options,
  );
  expect(bugs).toEqual([]);
});

test('raw bytes on both ports close a connection at worst', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), bytes, async (toGrpc, raw) => {
      const socket: Socket = connect(toGrpc ? grpc.port : rest.port, '127.0.0.1');
      await new Promise<void>((resolve) => {
        socket.on('error', () => resolve());
        socket.on('close', () => resolve());
        socket.end(
          Buffer.concat([Buffer.from(toGrpc ? 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' : 'GET / HTTP/1.1\r\n'), raw]),
          () => resolve(),
        );
      });
      socket.destroy();
    }),
    { ...options, numRuns: Math.ceil(runs / 3) },
  );
  const client = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure());
  const same = (value: Buffer) => value;
  const health = await new Promise((resolve) =>
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, Buffer.alloc(0), (error, value) =>
      resolve(error === null ? value : error),
    ),
  );
  client.close();
  expect(health).toEqual(Buffer.from([8, 1]));
  expect((await fetch(`http://127.0.0.1:${rest.port}/nothing`)).status).toBe(501);
});
