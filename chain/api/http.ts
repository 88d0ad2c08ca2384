import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { type Listening, listen } from './listen.ts';
import type { NodeStatus } from './metrics.ts';

export interface HttpApiOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly status: () => NodeStatus;
  readonly metrics: Registry;
  /** Ready means that a block was committed no longer ago than this. */
  readonly readyMaxBlockAgeMs: number;
}

export type HttpApi = Listening;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * `/health`: 200 while the state machine works, 503 once it has failed. `/ready`: 200 while blocks keep coming.
 * `/metrics`: Prometheus text. Rejects with the system's error when the port cannot be had.
 */
export async function startHttpApi(options: HttpApiOptions): Promise<HttpApi> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void respond(request, response, options);
  });
  server.maxConnections = 64;
  return await listen(server, options.host, options.port);
}

async function respond(request: IncomingMessage, response: ServerResponse, options: HttpApiOptions): Promise<void> {
  const answer = await answerTo(request, options).catch((error: unknown) => json(500, { error: String(error) }));
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

async function answerTo(request: IncomingMessage, options: HttpApiOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'only GET is answered here' });
  switch ((request.url ?? '/').split('?')[0]) {
    case '/health': {
      const { failure } = options.status();
      return failure === undefined ? json(200, { status: 'ok' }) : json(503, { status: 'failed', failure });
    }
    case '/ready':
      return readiness(options.status(), options.readyMaxBlockAgeMs);
    case '/metrics':
      return { status: 200, type: options.metrics.contentType, body: await options.metrics.metrics() };
    default:
      return json(404, { error: 'there is /health, /ready and /metrics' });
  }
}

function readiness(now: NodeStatus, maxAgeMs: number): Answer {
  const details = {
    chain_id: now.chainId,
    height: now.height.toString(),
    app_hash: now.appHash,
    catching_up: now.lagMs !== undefined && now.lagMs > maxAgeMs,
    block_age_ms: now.blockAgeMs === undefined ? null : Math.round(now.blockAgeMs),
  };
  if (now.failure !== undefined) return json(503, { ready: false, reason: now.failure, ...details });
  if (now.blockAgeMs === undefined) return json(503, { ready: false, reason: 'no block since the start', ...details });
  if (now.blockAgeMs > maxAgeMs) return json(503, { ready: false, reason: 'the last block is too old', ...details });
  // Old blocks come fast while a node catches up: what it answers from them is old.
  if (details.catching_up) {
    const behind = Math.round((now.lagMs ?? 0) / 1000);
    return json(503, { ready: false, reason: `catching up: the last block is ${behind} s behind`, ...details });
  }
  return json(200, { ready: true, ...details });
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(body)}\n` };
}
