import { setImmediate as turn } from 'node:timers/promises';
import { abci } from '../../sdk/codec/index.ts';
import type { AbciApplication } from '../abci/handlers.ts';
import type { StateMachine } from './stateMachine.ts';

/**
 * Txs that the mempool may check in each pause of a block: about half of the time that the block's own slice took. However
 * many wait, a block takes no more than that longer than it would alone.
 */
const checksPerPause = 8;

/** A block that is carried out before it is decided. */
interface Ahead {
  readonly hash: Uint8Array;
  /** Undefined if the block failed, or was given up for another one. */
  readonly answer: Promise<abci.ResponseFinalizeBlock | undefined>;
  isWanted: boolean;
}

/**
 * Carries out blocks in slices, and lets the node check txs and answer queries between them. CometBFT checks few txs at a
 * time and works on each of them itself: were they to wait for the whole block, it would stand still too.
 *
 * A proposal that this node accepted is carried out at once, while the validators vote on it (the SDK's optimistic
 * execution): when it is decided, its results are there. If another one is decided, they are dropped.
 */
export class BlockSlices {
  readonly #machine: Pick<StateMachine, 'finalizeInSlices' | 'height'>;
  #ahead: Ahead | undefined;
  #checks = Number.POSITIVE_INFINITY;
  #allowed = Promise.withResolvers<void>();

  constructor(machine: Pick<StateMachine, 'finalizeInSlices' | 'height'>) {
    this.#machine = machine;
  }

  async finalizeBlock(request: abci.RequestFinalizeBlock): Promise<abci.ResponseFinalizeBlock> {
    this.#allow(checksPerPause);
    try {
      const ahead = await this.#resultOf(request.hash);
      if (ahead !== undefined) return ahead;
      return await this.#machine.finalizeInSlices(request, async () => {
        this.#allow(checksPerPause);
        await turn();
      });
    } finally {
      this.#allow(Number.POSITIVE_INFINITY);
    }
  }

  /** The same application, which begins with a block when it accepts it, and checks no more txs during a block than its pauses have room for. */
  gate(application: AbciApplication): AbciApplication {
    return {
      ...application,
      checkTx: async (request) => {
        while (this.#checks <= 0) await this.#allowed.promise;
        this.#checks -= 1;
        return await application.checkTx(request);
      },
      processProposal: async (request) => {
        const answer = await application.processProposal(request);
        if (answer.status === abci.ResponseProcessProposal_ProposalStatus.ACCEPT) this.#begin(request);
        return answer;
      },
    };
  }

  /** The first block builds on what InitChain left, which must not be executed twice. */
  #begin(proposal: abci.RequestProcessProposal): void {
    const { hash } = proposal;
    if (this.#machine.height === 0n || hash.length === 0) return;
    const before = this.#ahead;
    if (before !== undefined) before.isWanted = false;
    const ahead: Ahead = { hash, isWanted: true, answer: this.#carryOut(proposal, before, () => ahead.isWanted) };
    this.#ahead = ahead;
  }

  /** Whatever is wrong with the block shows when it is decided and carried out again. */
  async #carryOut(
    { proposedLastCommit: decidedLastCommit, ...block }: abci.RequestProcessProposal,
    before: Ahead | undefined,
    isWanted: () => boolean,
  ): Promise<abci.ResponseFinalizeBlock | undefined> {
    await before?.answer;
    // The proposal's answer goes out first.
    await turn();
    try {
      if (!isWanted()) return undefined;
      return await this.#machine.finalizeInSlices({ ...block, decidedLastCommit }, async () => {
        if (!isWanted()) throw new Error('another block is wanted');
        this.#allow(this.#checks === Number.POSITIVE_INFINITY ? this.#checks : checksPerPause);
        await turn();
      });
    } catch {
      return undefined;
    }
  }

  /** What the block of this hash answered, if it was carried out ahead; after this nothing is under way. */
  async #resultOf(hash: Uint8Array): Promise<abci.ResponseFinalizeBlock | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead === undefined) return undefined;
    const isSame = Buffer.compare(ahead.hash, hash) === 0;
    if (!isSame) ahead.isWanted = false;
    const answer = await ahead.answer;
    return isSame ? answer : undefined;
  }

  #allow(checks: number): void {
    this.#checks = checks;
    this.#allowed.resolve();
    this.#allowed = Promise.withResolvers<void>();
  }
}
