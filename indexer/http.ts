import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FinalError, reason } from './failure.ts';
import type { Status } from './status.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly status: Status;
  /** Is everything there that this process serves? */
  readonly ready: () => Promise<{ ready: boolean } & Record<string, unknown>>;
  /** Takes `/graphql`; undefined where GraphQL is not served (yet). */
  readonly graphql: () => ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined;
}

/** `/health`, `/ready`, `/metrics` and `/graphql` on one port. Throws when the port is taken. */
export async function listen(options: HttpOptions): Promise<Server> {
  const { host, port } = options;
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => reply(response, 500, { error: reason(error) }));
  });
  await new Promise<void>((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => failed(listenError(error, host, port)));
    server.listen(port, host, done);
  });
  return server;
}

async function answer(options: HttpOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/health') return reply(response, 200, { status: 'ok' });
  if (pathname === '/ready') {
    const state = await options.ready();
    return reply(response, state.ready ? 200 : 503, state);
  }
  if (pathname === '/metrics') {
    const { metrics } = options.status;
    response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics());
    return;
  }
  if (pathname === '/graphql') {
    const handler = options.graphql();
    if (handler === undefined)
      return reply(response, 503, { error: 'GraphQL is not served by this process, or not yet' });
    await handler(request, response);
    return;
  }
  if (pathname === '/') {
    response.writeHead(302, { location: '/graphql' }).end();
    return;
  }
  reply(response, 404, { error: 'try /graphql, /health, /ready or /metrics' });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new FinalError(`port ${port} on ${host} is already in use: stop what listens there, or change --listen`);
  }
  return new FinalError(`cannot listen on ${host}:${port}: ${error.message}; change --listen`, { cause: error });
}
