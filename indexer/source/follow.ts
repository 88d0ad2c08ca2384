import { setTimeout as sleep } from 'node:timers/promises';
import { FinalError } from '../failure.ts';
import type { Source, SourceBlock } from './block.ts';
import { blocksPerRequest } from './comet.ts';

/** Where ingest stands: the last block in the database. `height` is one below the first block at the beginning. */
export interface Position {
  readonly chainId: string;
  readonly height: number;
  /** Empty before the first block. */
  readonly hash: string;
}

export interface FollowOptions {
  readonly stop: AbortSignal;
  /** Milliseconds between two looks at the tip. */
  readonly pollMs: number;
  /** Told of the node's tip whenever it was asked. */
  readonly onTip: (height: number) => void;
  /** Hash of a block in the database. */
  readonly storedHash: (height: number) => Promise<string | undefined>;
}

/** Blocks of one database transaction while catching up, and requests in flight at most: what bounds the memory. */
const blocksPerChunk = 4 * blocksPerRequest;
const chunksInFlight = 3;

/**
 * Every block after `from`, in order and without an end: first several requests in parallel, then the tip as it grows.
 * Throws a `FinalError` when a block does not continue the one before.
 */
export async function* follow(
  source: Source,
  from: Position,
  options: FollowOptions,
): AsyncGenerator<readonly SourceBlock[]> {
  let last = from;
  for (;;) {
    const tip = await source.tip();
    options.onTip(tip);
    if (tip <= last.height) {
      if (tip > 0 && tip < last.height) await requireSameHistory(source, tip, options);
      await sleep(options.pollMs, undefined, { signal: options.stop });
      continue;
    }
    for await (const blocks of chunksTo(source, last.height + 1, tip)) {
      last = blocks.reduce(continued, last);
      yield blocks;
    }
  }
}

/** The position after `block`. Throws unless the block is the next one of the same chain. */
export function continued(last: Position, block: SourceBlock): Position {
  if (block.chainId !== last.chainId) {
    throw new FinalError(`the node follows chain ${block.chainId}, the database holds chain ${last.chainId}`);
  }
  if (block.height !== last.height + 1) {
    throw new FinalError(`block ${block.height} came after block ${last.height}: there is a gap in the history`);
  }
  if (last.hash !== '' && block.previousHash !== last.hash) {
    throw new FinalError(
      `block ${block.height} follows a block ${last.height} with hash ${block.previousHash}, but the database holds ` +
        `${last.hash}: the node and the database have different histories`,
    );
  }
  return { chainId: last.chainId, height: block.height, hash: block.hash };
}

/** A node behind the database may be catching up, or belong to a chain that was started anew under the same id. */
async function requireSameHistory(source: Source, tip: number, { storedHash }: FollowOptions): Promise<void> {
  const [[block], stored] = await Promise.all([source.blocks(tip, tip), storedHash(tip)]);
  if (block === undefined || stored === undefined || block.hash === stored) return;
  throw new FinalError(
    `block ${tip} of the node has hash ${block.hash}, the database holds ${stored}: the chain was started anew, or is ` +
      'another one; use a new database for it',
  );
}

async function* chunksTo(source: Source, first: number, tip: number): AsyncGenerator<readonly SourceBlock[]> {
  const inFlight: Promise<readonly SourceBlock[]>[] = [];
  let next = first;
  const request = () => {
    const end = Math.min(next + blocksPerChunk - 1, tip);
    const chunk = fetchChunk(source, next, end);
    // A failure is thrown where the chunk's turn comes, not as an unhandled rejection before.
    chunk.catch(() => {});
    inFlight.push(chunk);
    next = end + 1;
  };
  while (next <= tip && inFlight.length < chunksInFlight) request();
  for (let chunk = inFlight.shift(); chunk !== undefined; chunk = inFlight.shift()) {
    const blocks = await chunk;
    if (next <= tip) request();
    yield blocks;
  }
}

async function fetchChunk(source: Source, first: number, last: number): Promise<readonly SourceBlock[]> {
  const requests: Promise<readonly SourceBlock[]>[] = [];
  for (let start = first; start <= last; start += blocksPerRequest) {
    requests.push(source.blocks(start, Math.min(start + blocksPerRequest - 1, last)));
  }
  return (await Promise.all(requests)).flat();
}
