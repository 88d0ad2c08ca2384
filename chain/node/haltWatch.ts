import type { AbciApplication } from '../abci/handlers.ts';
import { fromTimestamp } from '../time.ts';

/** Where a node stops on purpose, for an upgrade by hand. */
export interface HaltPoint {
  /** The last height that is carried out; 0 for none. */
  readonly height: bigint;
  /** Blocks later than this, seconds since the Unix epoch, are not carried out; 0 for none. */
  readonly time: bigint;
}

export interface HaltListener {
  /** The last block is committed. Told once, or not at all where only the next block's time tells. */
  readonly onReached: () => void;
  /** A block past the point has come and is never answered: CometBFT waits for it and cannot end until it is cut off. */
  readonly onPassed: () => void;
}

/**
 * The same application, which carries out no block past `point`; CometBFT then has a block that the state does not, and hands
 * it over again at the next start.
 */
export function haltAfter(application: AbciApplication, point: HaltPoint, listener: HaltListener): AbciApplication {
  if (point.height === 0n && point.time === 0n) return application;
  let height = 0n;
  return {
    ...application,
    finalizeBlock: (request) => {
      const seconds = request.time === undefined ? 0n : fromTimestamp(request.time) / 1_000_000_000n;
      const past = (point.height > 0n && request.height > point.height) || (point.time > 0n && seconds > point.time);
      height = request.height;
      if (!past) return application.finalizeBlock(request);
      listener.onPassed();
      return new Promise(() => {});
    },
    commit: async (request) => {
      const response = await application.commit(request);
      // Between two blocks CometBFT ends at once and without a complaint; its answer goes out first.
      if (height === point.height) setImmediate(listener.onReached);
      return response;
    },
  };
}
