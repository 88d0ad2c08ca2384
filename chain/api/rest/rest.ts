import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { GrpcError, grpcCodes } from '../../app/grpcStatus.ts';
import type { QueryBackend } from '../backend.ts';
import { heightHeader, readHeight } from '../height.ts';
import { writeJson } from '../json/write.ts';
import { type Listening, listen } from '../listen.ts';
import { buildRequest } from './request.ts';
import { RestRoutes } from './routes.ts';

export interface RestOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly backend: QueryBackend;
  /** Origins of web pages that may ask: `https://wallet.example.org`, `http://127.0.0.1:*` for any port, `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Largest body, bytes; 1 MiB if not given. */
  readonly maxBodyBytes?: number;
}

export type RestApi = Listening;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly height?: bigint;
}

/** HTTP statuses of gRPC codes 0 to 16, as grpc-gateway v1 has them. */
const httpStatuses = [200, 408, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401] as const;

/**
 * The backend's methods over HTTP and JSON, by the routes that `google.api.http` options give them. Rejects with the
 * system's error when the port cannot be had.
 */
export async function startRest(options: RestOptions): Promise<RestApi> {
  const routes = new RestRoutes(options.backend.paths);
  const limits = { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 16_384 };
  const server = createServer(limits, (request, response) => {
    void respond(request, response, routes, options);
  });
  server.maxConnections = 500;
  return await listen(server, options.host, options.port);
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  routes: RestRoutes,
  options: RestOptions,
): Promise<void> {
  allowOrigin(request, response, options.corsOrigins);
  if (request.method === 'OPTIONS' && response.hasHeader('access-control-allow-origin')) {
    response.writeHead(204).end();
    return;
  }
  const answer = await answerTo(request, routes, options).catch(failure);
  response.setHeader('content-type', 'application/json');
  response.setHeader('x-content-type-options', 'nosniff');
  if (answer.height !== undefined) {
    response.setHeader('Grpc-Metadata-X-Cosmos-Block-Height', answer.height.toString());
    response.setHeader(heightHeader, answer.height.toString());
  }
  // A body that was not read to its end must not be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(answer.status);
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

async function answerTo(request: IncomingMessage, routes: RestRoutes, options: RestOptions): Promise<Answer> {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const match = routes.find(request.method ?? '', decodePath(mark < 0 ? url : url.slice(0, mark)));
  if (match === undefined) throw new GrpcError('Unimplemented', 'Not Implemented');
  const body = match.route.hasBody ? await readBody(request, options.maxBodyBytes ?? 1_048_576) : '';
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const message = buildRequest(match, query, body);
  const asked = request.headers[heightHeader];
  const height = readHeight(asked === undefined ? [] : [String(asked)]);
  const answer = await options.backend.call(match.route.path, message, height);
  return { status: 200, body: writeJson(match.route.method.output, answer.value), height: answer.height };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new GrpcError('InvalidArgument', 'the path is not percent-encoded UTF-8');
  }
}

async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > limit) throw new GrpcError('InvalidArgument', `the body has more than ${limit} bytes`);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

function failure(error: unknown): Answer {
  const code = error instanceof GrpcError ? error.code : grpcCodes.Internal;
  const message = error instanceof Error ? error.message : String(error);
  return {
    status: httpStatuses[code] ?? 500,
    body: `{"code":${code},"message":${JSON.stringify(message)},"details":[]}`,
  };
}

function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  const { origin } = request.headers;
  if (origins.length === 0) return;
  response.setHeader('vary', 'origin');
  if (origin === undefined || !origins.some((allowed) => isAllowed(allowed, origin))) return;
  response.setHeader('access-control-allow-origin', origins.includes('*') ? '*' : origin);
  response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS');
  response.setHeader('access-control-allow-headers', `content-type, ${heightHeader}`);
  response.setHeader('access-control-expose-headers', `${heightHeader}, grpc-metadata-x-cosmos-block-height`);
  response.setHeader('access-control-max-age', '600');
}

/** `http://127.0.0.1:*` allows any port. */
function isAllowed(allowed: string, origin: string): boolean {
  if (allowed === '*' || allowed === origin) return true;
  return (
    allowed.endsWith(':*') && origin.startsWith(allowed.slice(0, -1)) && /^\d+$/.test(origin.slice(allowed.length - 1))
  );
}
