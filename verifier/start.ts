import { setTimeout as sleep } from 'node:timers/promises';
import { type CometClient, connectComet } from '@cosmjs/tendermint-rpc';
import { type Logger, pino } from 'pino';
import { startPostgres } from '../postgres/embedded.ts';
import { openVerifierHome, type VerifierHome } from './home.ts';
import { serveStatus } from './http.ts';
import { work } from './work.ts';
import { WorkerStats } from './worker/stats.ts';

export interface StartOptions {
  readonly operator: string;
  readonly home: string;
  readonly rpc: string;
  readonly databaseUrl?: string;
  readonly listen: string;
  readonly denom: string;
  readonly gasPriceMicro: string;
  readonly pollMs: string;
  readonly tasksAtOnce: string;
  readonly logLevel: string;
}

/** Runs a worker until SIGTERM, SIGINT or the end of the process that started it. */
export async function startVerifier(options: StartOptions): Promise<void> {
  const log = pino({ name: 'infinet-verifier', level: options.logLevel });
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => stopping.abort());
  const home = openVerifierHome(options.home);
  const stats = new WorkerStats();
  const { host, port } = parseListen(options.listen);
  const server = await serveStatus(host, port, stats);
  const comet = await connected(options.rpc, log, stopping.signal);
  if (comet !== undefined) {
    const database = await databaseOf(options, home, log);
    try {
      const { operator, denom } = options;
      log.info({ operator, rpc: options.rpc }, 'following assignments');
      const pace = { pollMs: Number(options.pollMs), tasksAtOnce: Number(options.tasksAtOnce) };
      const fees = { denom, gasPriceMicro: BigInt(options.gasPriceMicro) };
      await work({ operator, home, comet, stats, log, databaseUrl: database.url, ...pace, ...fees }, stopping.signal);
    } finally {
      comet.disconnect();
      await database.stop();
    }
  }
  server.close();
  server.closeAllConnections();
  log.info('stopped');
  process.exit(0);
}

/** The database that is named, else one of the worker's own. */
async function databaseOf(
  options: StartOptions,
  home: VerifierHome,
  log: Logger,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const named = options.databaseUrl ?? process.env.VERIFIER_DATABASE_URL ?? process.env.DATABASE_URL;
  if (named !== undefined) return { url: named, stop: async () => {} };
  const postgres = await startPostgres({ folder: home.postgres, onProgress: (line) => log.info(line) });
  return { url: await postgres.database('infinet'), stop: () => postgres.stop() };
}

/** Waits for a node that answers and has a block; undefined when asked to stop before. */
async function connected(rpc: string, log: Logger, signal: AbortSignal): Promise<CometClient | undefined> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      const comet = await connectComet(rpc);
      if ((await comet.status()).syncInfo.latestBlockHeight > 0) return comet;
    } catch (error) {
      if (tries % 20 === 0)
        log.info({ rpc, error: error instanceof Error ? error.message : '' }, 'waiting for the node');
    }
    await sleep(500, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^([^\s/]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535)
    throw new Error(`--listen must look like 127.0.0.1:26660, not ${text}`);
  return { host: match[1], port };
}
