import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createRegistry } from '../../sdk/registry.ts';
import { connectClient, holdLock } from '../database/connect.ts';
import { advisoryLocks } from '../database/migrations.ts';
import { FinalError, reason } from '../failure.ts';
import type { Source } from '../source/block.ts';
import { follow } from '../source/follow.ts';
import type { Status } from '../status.ts';
import { updateViews } from '../views/rebuild.ts';
import { views } from '../views/views.ts';
import { BlockStore, type StoredPosition } from './store.ts';

export interface IngestOptions {
  readonly databaseUrl: string;
  readonly source: Source;
  readonly stop: AbortSignal;
  readonly pollMs: number;
  readonly logger: Logger;
  readonly status: Status;
}

const firstPause = 500;
const longestPause = 10_000;

/** Follows the chain into the database until it is stopped. Throws only a `FinalError`. */
export async function ingest(options: IngestOptions): Promise<void> {
  const { stop, logger, status } = options;
  for (let pause = firstPause; !stop.aborted; pause = Math.min(2 * pause, longestPause)) {
    const height = status.height;
    try {
      await session(options);
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof FinalError) throw error;
      if (status.height !== height) pause = firstPause;
      logger.warn({ error: reason(error), retryMs: pause }, 'ingest was interrupted, trying again');
      await sleep(pause, undefined, { signal: stop }).catch(() => {});
    }
  }
}

/** One database connection's life. */
async function session({ databaseUrl, source, stop, pollMs, logger, status }: IngestOptions): Promise<void> {
  const client = await connectClient(databaseUrl);
  try {
    await holdLock(
      client,
      advisoryLocks.ingest,
      'another indexer ingests into this database: stop it, or use --role serve',
    );
    const made = await updateViews(client, views);
    if (made.length > 0) logger.info({ views: made }, 'views are built');
    const store = new BlockStore(client, createRegistry(), views);
    let position = (await store.position()) ?? (await beginning(store, source, logger));
    status.reached(position.chainId, position.height);
    logger.info({ chainId: position.chainId, height: position.height }, 'following the chain');
    let told = 0;
    const storedHash = (height: number) => store.hashAt(height);
    for await (const blocks of follow(source, position, {
      stop,
      pollMs,
      storedHash,
      onTip: (tip) => status.sawTip(tip),
    })) {
      position = await store.append(position, blocks);
      status.stored(blocks);
      if (blocks.length > 1 && performance.now() - told > 1000) {
        logger.info({ height: position.height, tip: status.tip }, 'catching up');
        told = performance.now();
      }
    }
  } finally {
    await client.end().catch(() => {});
  }
}

async function beginning(store: BlockStore, source: Source, logger: Logger): Promise<StoredPosition> {
  logger.info('the database is new: waiting for the genesis of a node');
  return store.begin(await source.genesis());
}
