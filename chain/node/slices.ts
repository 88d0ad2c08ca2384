import { setImmediate as turn } from 'node:timers/promises';
import type { abci } from '../../sdk/codec/index.ts';
import type { AbciApplication } from '../abci/handlers.ts';
import type { StateMachine } from './stateMachine.ts';

/**
 * Txs that the mempool may check in each pause of a block: about half of the time that the block's own slice took. However
 * many wait, a block takes no more than that longer than it would alone.
 */
const checksPerPause = 8;

/**
 * Carries out blocks in slices, and lets the node check txs and answer queries between them. CometBFT checks few txs at a
 * time and works on each of them itself: were they to wait for the whole block, it would stand still too.
 */
export class BlockSlices {
  readonly #machine: Pick<StateMachine, 'finalizeInSlices'>;
  #checks = Number.POSITIVE_INFINITY;
  #allowed = Promise.withResolvers<void>();

  constructor(machine: Pick<StateMachine, 'finalizeInSlices'>) {
    this.#machine = machine;
  }

  async finalizeBlock(request: abci.RequestFinalizeBlock): Promise<abci.ResponseFinalizeBlock> {
    this.#allow(checksPerPause);
    try {
      return await this.#machine.finalizeInSlices(request, async () => {
        this.#allow(checksPerPause);
        await turn();
      });
    } finally {
      this.#allow(Number.POSITIVE_INFINITY);
    }
  }

  /** The same application, which checks no more txs during a block than its pauses have room for. */
  gate(application: AbciApplication): AbciApplication {
    return {
      ...application,
      checkTx: async (request) => {
        while (this.#checks <= 0) await this.#allowed.promise;
        this.#checks -= 1;
        return await application.checkTx(request);
      },
    };
  }

  #allow(checks: number): void {
    this.#checks = checks;
    this.#allowed.resolve();
    this.#allowed = Promise.withResolvers<void>();
  }
}
