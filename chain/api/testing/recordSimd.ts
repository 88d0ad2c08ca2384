import { writeFileSync } from 'node:fs';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { GrpcError, grpcCodes } from '../../app/grpcStatus.ts';
import type { QueryBackend } from '../backend.ts';
import { heightHeader } from '../height.ts';
import { startRest } from '../rest/rest.ts';
import { RestRoutes } from '../rest/routes.ts';
import type { RecordedCall, RecordedExchange } from './replay.ts';

/**
 * Asks a running `simd` v0.50.9 the same over its own REST and over ours, which stands before simd's gRPC, and writes both
 * down: `node chain/api/testing/recordSimd.ts GRPC_PORT REST_PORT requests.json out.json`. Answers that differ are
 * printed; requests that name no height are asked at a fixed one.
 */
interface Request {
  readonly url: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const [grpcPort, restPort, requestFile = '', outFile = ''] = process.argv.slice(2);
const { default: requests }: { default: readonly Request[] } = await import(requestFile, { with: { type: 'json' } });
const client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
const same = (bytes: Buffer) => bytes;
let calls: RecordedCall[] = [];

const backend: QueryBackend = {
  paths: new RestRoutes(undefined).all.map(({ path }) => path),
  call: (path, request, height) =>
    new Promise((resolve, reject) => {
      const metadata = new Metadata();
      if (height !== 0n) metadata.set(heightHeader, height.toString());
      const base = { path, request: Buffer.from(request).toString('base64'), height: height.toString() };
      let at = '0';
      const done = (error: ServiceError | null, value?: Buffer) => {
        if (error === null && value !== undefined) {
          calls.push({ ...base, value: value.toString('base64'), at });
          resolve({ value, height: BigInt(at) });
        } else {
          const name = Object.entries(grpcCodes).find(([, code]) => code === error?.code)?.[0] ?? 'Unknown';
          calls.push({ ...base, error: { name, message: error?.details ?? '' } });
          reject(new GrpcError(name as keyof typeof grpcCodes, error?.details ?? ''));
        }
      };
      const call = client.makeUnaryRequest(path, same, same, Buffer.from(request), metadata, done);
      call.on('metadata', (answer) => {
        at = answer.get(heightHeader)[0]?.toString() ?? '0';
      });
    }),
};

const ours = await startRest({ host: '127.0.0.1', port: 0, backend, corsOrigins: [] });
const exchanges: RecordedExchange[] = [];
let wrong = 0;
for (const request of requests) {
  const ask = async (port: number | string | undefined) => {
    const { url, method = 'GET', body, headers } = request;
    const response = await fetch(`http://127.0.0.1:${port}${url}`, { method, body, headers });
    const text = await response.text();
    return { status: response.status, body: text, height: response.headers.get('grpc-metadata-x-cosmos-block-height') };
  };
  calls = [];
  const theirs = await ask(restPort);
  const mine = await ask(ours.port);
  exchanges.push({ ...request, calls, status: theirs.status, answer: theirs.body });
  if (theirs.status !== mine.status || theirs.body !== mine.body) {
    wrong++;
    console.log(
      `${request.method ?? 'GET'} ${request.url}\n  simd ${theirs.status} ${theirs.body}\n  ours ${mine.status} ${mine.body}`,
    );
  }
}
writeFileSync(outFile, `[\n${exchanges.map((exchange) => JSON.stringify(exchange)).join(',\n')}\n]\n`);
console.log(`${exchanges.length} exchanges, ${wrong} differ`);
await ours.close();
client.close();
