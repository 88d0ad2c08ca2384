import type { AbciApplication } from '../abci/handlers.ts';
import { fromTimestamp } from '../time.ts';

/** Where a node stops on purpose, for an upgrade by hand. */
export interface HaltPoint {
  /** The last height that is carried out; 0 for none. */
  readonly height: bigint;
  /** Blocks later than this, seconds since the Unix epoch, are not carried out; 0 for none. */
  readonly time: bigint;
}

/**
 * The same application, which stops answering at the first block past `point` and tells `onHalt` once; CometBFT then has
 * a block that the state does not, and hands it over again at the next start.
 */
export function haltAfter(application: AbciApplication, point: HaltPoint, onHalt: () => void): AbciApplication {
  if (point.height === 0n && point.time === 0n) return application;
  return {
    ...application,
    finalizeBlock: (request) => {
      const seconds = request.time === undefined ? 0n : fromTimestamp(request.time) / 1_000_000_000n;
      const past = (point.height > 0n && request.height > point.height) || (point.time > 0n && seconds > point.time);
      if (!past) return application.finalizeBlock(request);
      onHalt();
      return new Promise(() => {});
    },
  };
}
