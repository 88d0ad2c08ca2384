import { createServer, type Server } from 'node:http';
import type { WorkerStats } from './worker/stats.ts';

/** `/health`, `/ready` (503 until the first look at the chain) and `/metrics`. Rejects when the port is taken. */
export function serveStatus(host: string, port: number, stats: WorkerStats): Promise<Server> {
  const server = createServer(async (request, response) => {
    const reply = (status: number, body: string, type = 'text/plain') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    if (request.url === '/health') reply(200, 'ok\n');
    else if (request.url === '/ready') reply(stats.isReady ? 200 : 503, stats.isReady ? 'ready\n' : 'starting\n');
    else if (request.url === '/metrics') reply(200, await stats.registry.metrics(), stats.registry.contentType);
    else reply(404, 'try /health, /ready or /metrics\n');
  });
  return new Promise((done, failed) => {
    server.once('error', (cause) => {
      failed(new Error(`cannot listen on ${host}:${port}: choose another --listen`, { cause }));
    });
    server.listen(port, host, () => done(server));
  });
}
