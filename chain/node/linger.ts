import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { AbciApplication } from '../abci/handlers.ts';
import { HaltError } from '../errors.ts';
import type { CometClient } from './comet/client.ts';

/** How long CometBFT has to pass on its last votes: it sends what a peer lacks about every 100 ms. */
const gossipMs = 4000;

const netInfoShape = z.object({ n_peers: z.coerce.number() });

/**
 * Resolves when CometBFT has had time to give its peers the votes of the block that this node goes no further than; without
 * peers at once. A validator that left with the last block's votes would leave others waiting below that block.
 */
export async function linger(comet: CometClient, stop: AbortSignal): Promise<void> {
  try {
    const { n_peers } = netInfoShape.parse(await comet.call('net_info'));
    if (n_peers > 0) await pause(gossipMs, undefined, { signal: stop });
  } catch {
    // Nobody listens yet, or the operator stops the node anyway.
  }
}

/** The same application, which lets `wait` end before it stops at a block that this software goes no further than. */
export function lingering(application: AbciApplication, wait: () => Promise<void>): AbciApplication {
  return {
    ...application,
    finalizeBlock: async (request) => {
      try {
        return await application.finalizeBlock(request);
      } catch (error) {
        if (error instanceof HaltError) await wait();
        throw error;
      }
    },
  };
}
