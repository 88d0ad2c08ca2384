import { create, createFileRegistry, fromBinary, toBinary, toJson } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BinaryReader, BinaryWriter, protoAny, txService } from '../../sdk/codec/index.ts';
import { initChain, nextBlock, type ToyChain, toyChain } from '../app/testing/toyChain.ts';
import { bob, makeTx } from '../app/testing/txs.ts';
import { createBackend } from './backend.ts';
import { type GrpcApi, startGrpc } from './grpc.ts';
import { heightHeader } from './height.ts';

let chain: ToyChain;
let api: GrpcApi;
let client: Client;
let healthy = true;

beforeEach(async () => {
  chain = toyChain();
  initChain(chain);
  nextBlock(chain);
  nextBlock(chain, [makeTx()]);
  nextBlock(chain, [makeTx({ sequence: 1n })]);
  const backend = createBackend({
    state: chain.app,
    methods: [{ path: '/toy.Service/Broken', answer: () => Promise.reject(new TypeError('a bug')) }],
    height: () => chain.store.version,
    limit: 50,
    onBug: () => {},
  });
  api = await startGrpc({ host: '127.0.0.1', port: 0, backend, healthy: () => healthy, maxMessageBytes: 4096 });
  client = new Client(`127.0.0.1:${api.port}`, credentials.createInsecure());
});
afterEach(async () => {
  client.close();
  await api.close();
});

interface Reply {
  readonly value?: Buffer;
  readonly height?: string;
  readonly error?: { readonly code: number; readonly details: string };
}

function call(path: string, request: Uint8Array, height?: string): Promise<Reply> {
  const metadata = new Metadata();
  if (height !== undefined) metadata.set(heightHeader, height);
  const same = (bytes: Buffer) => bytes;
  return new Promise((resolve) => {
    let at: string | undefined;
    const done = (error: ServiceError | null, value?: Buffer) =>
      resolve(error === null ? { value, height: at } : { error: { code: error.code, details: error.details } });
    const sent = client.makeUnaryRequest(path, same, same, Buffer.from(request), metadata, done);
    sent.on('metadata', (answer) => {
      at = answer.get(heightHeader)[0]?.toString();
    });
  });
}

const received = protoAny.Any.encode({ typeUrl: '', value: bob.address }).finish();
const amountOf = ({ value }: Reply) => protoAny.Any.decode(value ?? new Uint8Array()).typeUrl;

test('a query answers from the last height, or from the one in the metadata, and says which', async () => {
  const last = await call('/toy.Query/Received', received);
  expect([amountOf(last), last.height]).toEqual(['10', '3']);
  const old = await call('/toy.Query/Received', received, '2');
  expect([amountOf(old), old.height]).toEqual(['5', '2']);
});

test('refusals carry the gRPC status and the text alone, as the SDK sends them', async () => {
  expect((await call('/toy.Query/Received', received, '1')).error).toEqual({ code: 5, details: 'nothing received' });
  expect((await call('/toy.Query/Received', received, '9')).error).toEqual({
    code: 2,
    details:
      'codespace sdk code 26: invalid height: cannot query with height in the future; please provide a valid height',
  });
  expect((await call('/toy.Query/Received', received, '-1')).error?.code).toBe(2);
  expect((await call('/toy.Query/Received', received, 'x')).error?.details).toContain('invalid height header');
  expect((await call('/toy.Query/Received', Uint8Array.of(0x0a, 9))).error?.code).toBe(2);
  expect((await call('/toy.Query/Nothing', received)).error?.code).toBe(12);
  expect((await call('/toy.Service/Broken', received)).error).toEqual({ code: 13, details: 'a bug' });
});

test('a message above the limit is refused, and the server goes on', async () => {
  expect((await call('/toy.Query/Received', new Uint8Array(5000))).error?.code).toBe(8);
  expect(amountOf(await call('/toy.Query/Received', received))).toBe('10');
});

test('more calls at once than the limit are refused, the others answered', async () => {
  const replies = await Promise.all(Array.from({ length: 80 }, () => call('/toy.Query/Received', received)));
  const codes = new Set(replies.map(({ error }) => error?.code));
  expect([...codes].filter((code) => code !== undefined && code !== 8)).toEqual([]);
  expect(replies.filter(({ value }) => value !== undefined).length).toBeGreaterThanOrEqual(50);
});

test('health says whether the state machine works', async () => {
  expect((await call('/grpc.health.v1.Health/Check', new Uint8Array())).value).toEqual(Buffer.from([8, 1]));
  healthy = false;
  expect((await call('/grpc.health.v1.Health/Check', new Uint8Array())).value).toEqual(Buffer.from([8, 2]));
  healthy = true;
});

test('simulation runs over gRPC as over abci_query', async () => {
  const request = txService.SimulateRequest.encode({ tx: undefined, txBytes: makeTx({ sequence: 2n }) }).finish();
  const reply = await call('/cosmos.tx.v1beta1.Service/Simulate', request);
  expect(txService.SimulateResponse.decode(reply.value ?? new Uint8Array()).gasInfo?.gasUsed).toBeGreaterThan(1000n);
});

/** One request to the reflection service; the number of the answer's field, and its bytes. */
function reflectOne(version: string, field: number, text: string): Promise<[kind: number, body: Uint8Array]> {
  const same = (bytes: Buffer) => bytes;
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const stream = client.makeBidiStreamRequest(path, same, same);
  const answer = new Promise<[number, Uint8Array]>((resolve, reject) => {
    stream.on('data', (bytes: Buffer) => {
      const reader = new BinaryReader(bytes);
      while (reader.pos < reader.len) {
        const kind = reader.uint32() >>> 3;
        const body = reader.bytes();
        if (kind >= 4) resolve([kind, body]);
      }
    });
    stream.on('error', reject);
  });
  stream.write(
    Buffer.from(
      new BinaryWriter()
        .uint32((field << 3) | 2)
        .string(text)
        .finish(),
    ),
  );
  stream.end();
  return answer;
}

test.each(['v1', 'v1alpha'])('reflection %s lists services and hands out their files with options', async (version) => {
  const [listed, services] = await reflectOne(version, 7, '*');
  expect(listed).toBe(6);
  expect(Buffer.from(services).toString()).toContain('cosmos.tx.v1beta1.Service');
  const [found, file] = await reflectOne(version, 4, 'cosmos.bank.v1beta1.Query.Balance');
  expect(found).toBe(4);
  expect(Buffer.from(file).toString('latin1')).toContain('/cosmos/bank/v1beta1/balances/{address}/by_denom');
  expect((await reflectOne(version, 3, 'infinet/contribution/v1/query.proto'))[0]).toBe(4);
  expect((await reflectOne(version, 4, 'no.such.Symbol'))[0]).toBe(7);
});

/** Fields 1 of a message that has nothing else. */
function parts(message: Uint8Array): Uint8Array[] {
  const reader = new BinaryReader(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    reader.uint32();
    found.push(reader.bytes());
  }
  return found;
}

test('a client that knows no files, such as grpcurl, can call health checks by what reflection says of them', async () => {
  const [, body] = await reflectOne('v1', 4, 'grpc.health.v1.Health');
  const file = parts(body).map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  const check = createFileRegistry(create(FileDescriptorSetSchema, { file })).getService('grpc.health.v1.Health')
    ?.method.check;
  if (check === undefined) throw new Error('reflection does not describe Check');
  const reply = await call('/grpc.health.v1.Health/Check', toBinary(check.input, create(check.input, { service: '' })));
  const answer = fromBinary(check.output, reply.value ?? new Uint8Array());
  expect(toJson(check.output, answer)).toEqual({ status: 'SERVING' });
});

test.each(['v1', 'v1alpha'])(
  'every service that reflection %s lists has a file, but the toys of this test',
  async (version) => {
    const [, services] = await reflectOne(version, 7, '*');
    // Of each service: field 1, its name.
    const names = parts(services)
      .flatMap(parts)
      .map((name) => Buffer.from(name).toString());
    expect(names).toContain('grpc.health.v1.Health');
    expect(names).toContain('grpc.reflection.v1.ServerReflection');
    const kinds = await Promise.all(
      names.map(async (name) => [name, (await reflectOne(version, 4, name))[0]] as const),
    );
    expect(kinds.filter(([, kind]) => kind !== 4).map(([name]) => name)).toEqual(['toy.Query', 'toy.Service']);
  },
);
