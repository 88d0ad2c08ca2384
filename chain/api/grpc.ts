import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { GrpcError, grpcCodes } from '../app/grpcStatus.ts';
import type { QueryBackend } from './backend.ts';
import { heightHeader, readHeight } from './height.ts';
import { reflect, reflectionPaths } from './reflection.ts';

export interface GrpcOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly backend: QueryBackend;
  /** Whether the node works, for `grpc.health.v1.Health/Check`. */
  readonly healthy: () => boolean;
  /** Largest request, bytes; 10 MiB as in the SDK if not given. */
  readonly maxMessageBytes?: number;
  /** Calls at once on one connection. */
  readonly maxStreams?: number;
}

export interface GrpcApi {
  readonly port: number;
  close(): Promise<void>;
}

/** An answer is made by this node's own modules; more would be a page without a limit. */
const maxAnswerBytes = 64 * 1024 * 1024;

const healthPath = '/grpc.health.v1.Health/Check';

/**
 * Serves every method of the backend by its path, with server reflection and health checks. The height to read at comes
 * and goes in the metadata `x-cosmos-block-height`. Rejects with the system's error when the port cannot be had.
 */
export async function startGrpc(options: GrpcOptions): Promise<GrpcApi> {
  const limit = options.maxMessageBytes ?? 10 * 1024 * 1024;
  const server = new Server({
    'grpc.max_receive_message_length': limit,
    'grpc.max_send_message_length': maxAnswerBytes,
    'grpc.max_concurrent_streams': options.maxStreams ?? 100,
    'grpc.max_connection_idle_ms': 5 * 60_000,
  });
  for (const methods of byService(options.backend.paths).values()) {
    const calls = methods.map((path) => [path, unary(options.backend, path)] as const);
    server.addService(definition(methods, false), Object.fromEntries(calls));
  }
  const services = [
    ...byService(options.backend.paths).keys(),
    ...reflectionPaths.map(serviceOf),
    serviceOf(healthPath),
  ];
  for (const path of reflectionPaths) {
    server.addService(definition([path], true), { [path]: reflection(services.sort()) });
  }
  server.addService(definition([healthPath], false), { [healthPath]: health(options.healthy) });

  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${options.port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(listenFailure(error)),
    );
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.forceShutdown();
        server.tryShutdown(() => resolve());
      }),
  };
}

/** `/a.b.Query/Balance` is of `a.b.Query`. */
function serviceOf(path: string): string {
  return path.slice(1, path.lastIndexOf('/'));
}

function byService(paths: readonly string[]): Map<string, string[]> {
  const services = new Map<string, string[]>();
  for (const path of paths) services.set(serviceOf(path), [...(services.get(serviceOf(path)) ?? []), path]);
  return services;
}

const same = (bytes: Buffer) => bytes;

function definition(paths: readonly string[], stream: boolean): ServiceDefinition {
  return Object.fromEntries(
    paths.map((path) => [
      path,
      {
        path,
        requestStream: stream,
        responseStream: stream,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );
}

function unary(backend: QueryBackend, path: string) {
  return (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): void => {
    const answer = async () => {
      const height = readHeight(call.metadata.get(heightHeader).map(String));
      const { value, height: at } = await backend.call(path, call.request, height);
      const metadata = new Metadata();
      metadata.set(heightHeader, at.toString());
      call.sendMetadata(metadata);
      return Buffer.from(value.buffer, value.byteOffset, value.length);
    };
    answer().then(
      (value) => done(null, value),
      (error: unknown) => done(statusOf(error)),
    );
  };
}

function reflection(services: readonly string[]) {
  return (call: ServerDuplexStream<Buffer, Buffer>): void => {
    call.on('data', (request: Buffer) => {
      try {
        call.write(Buffer.from(reflect(request, services)));
      } catch (error) {
        call.emit('error', { code: grpcCodes.InvalidArgument, details: String(error) });
      }
    });
    call.on('end', () => call.end());
    call.on('error', () => call.end());
  };
}

/** `grpc.health.v1.HealthCheckResponse`: status 1 is SERVING, 2 NOT_SERVING. */
function health(healthy: () => boolean) {
  return (_call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): void =>
    done(null, Buffer.from([0x08, healthy() ? 1 : 2]));
}

function statusOf(error: unknown): { code: number; details: string } {
  if (error instanceof GrpcError) return { code: error.code, details: error.message };
  return { code: grpcCodes.Internal, details: error instanceof Error ? error.message : String(error) };
}

/** The library wraps the system's error into a text; callers look for the code. */
function listenFailure(error: Error): Error {
  const code = /\b(EADDRINUSE|EACCES|EADDRNOTAVAIL|ENOTFOUND)\b/.exec(error.message)?.[1];
  return code === undefined ? error : Object.assign(new Error(error.message), { code });
}
