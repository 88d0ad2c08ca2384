import { join } from 'node:path';
import type { Logger } from 'pino';
import { startPostgres } from '../postgres/embedded.ts';
import { connectClient, openPool } from './database/connect.ts';
import { migrate } from './database/migrations.ts';
import { FinalError, reason } from './failure.ts';
import { readHead } from './graphql/head.ts';
import { createGraphqlHandler } from './graphql/server.ts';
import { listen } from './http.ts';
import { ingest } from './ingest/ingest.ts';
import { createCometSource } from './source/comet.ts';
import { Endpoints } from './source/endpoints.ts';
import { Status } from './status.ts';

export type Role = 'ingest' | 'serve' | 'both';

export interface IndexerOptions {
  readonly rpc: readonly string[];
  /** A Postgres of our own in `home` if absent. */
  readonly databaseUrl: string | undefined;
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly role: Role;
  readonly pollMs: number;
  readonly logger: Logger;
  /** Aborted from outside to stop, and from inside when ingest fails. */
  readonly stop: AbortController;
}

/** Runs until `stop`. Throws a `FinalError` for what only the operator can mend. */
export async function runIndexer(options: IndexerOptions): Promise<void> {
  const { logger, role, stop } = options;
  const status = new Status();
  const endpoints = new Endpoints({
    urls: options.rpc,
    stop: stop.signal,
    onFailure: (endpoint, what, problem) => {
      status.failures.inc({ endpoint });
      logger.debug({ endpoint, what, problem }, 'a node did not answer');
    },
  });
  const source = createCometSource(endpoints);
  let graphql: ReturnType<typeof createGraphqlHandler> | undefined;
  let ready = async (): Promise<{ ready: boolean } & Record<string, unknown>> => ({ ready: false });
  // First of all the port: a second start of the same program must not touch the first one's database.
  const server = await listen({
    host: options.host,
    port: options.port,
    status,
    ready: () => ready(),
    graphql: () => graphql,
  }).catch((error: unknown) => {
    endpoints.close();
    throw error;
  });
  logger.info({ host: options.host, port: options.port, role }, 'listening');
  const closing: (() => Promise<void>)[] = [];
  try {
    const databaseUrl = options.databaseUrl ?? (await ownDatabase(options, closing));
    await prepare(databaseUrl, stop.signal, logger);
    const { pool, database } = openPool(databaseUrl);
    closing.push(() => pool.end());
    if (role !== 'ingest') graphql = createGraphqlHandler({ database, source, status, logger });
    ready = async () => {
      if (role !== 'serve') return { ready: status.isReady, height: status.height, nodeHeight: status.tip };
      const head = await readHead(database);
      return { ready: head !== undefined && head.hash !== '', height: head?.height ?? 0 };
    };
    if (role === 'serve') await untilAborted(stop.signal);
    else await ingest({ databaseUrl, source, stop: stop.signal, pollMs: options.pollMs, logger, status });
  } catch (error) {
    // Whatever was waiting when the stop came ends with an abort error: that is the clean end.
    if (!stop.signal.aborted || error instanceof FinalError) throw error;
  } finally {
    stop.abort();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    endpoints.close();
    for (const close of closing.reverse()) await close();
  }
}

async function ownDatabase({ home, logger }: IndexerOptions, closing: (() => Promise<void>)[]): Promise<string> {
  const postgres = await startPostgres({ folder: join(home, 'postgres'), onProgress: (line) => logger.info(line) });
  closing.push(() => postgres.stop());
  return postgres.database('infinet');
}

/** Waits for a Postgres that is just starting, then brings the database to the newest form. */
async function prepare(databaseUrl: string, stop: AbortSignal, logger: Logger): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    stop.throwIfAborted();
    const client = await connectClient(databaseUrl).catch((error: unknown) => {
      if (attempt >= 30) throw new FinalError(reason(error), { cause: error });
      if (attempt === 1) logger.warn({ error: reason(error) }, 'waiting for Postgres');
      return undefined;
    });
    if (client !== undefined) {
      try {
        return await migrate(client);
      } finally {
        await client.end();
      }
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
