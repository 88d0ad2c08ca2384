import type { AbciApplication } from '../abci/handlers.ts';
import { fromTimestamp } from '../time.ts';
import type { ClockWatch } from './clockWatch.ts';

/** Knows when the last block was committed. */
export class CommitWatch {
  readonly #clock: ClockWatch;
  #committedAt: number | undefined;
  #blockTimeMs: number | undefined;

  /** `clock` sees the time of every decided block. */
  constructor(clock: ClockWatch) {
    this.#clock = clock;
  }

  /** Milliseconds since the last commit of this run. */
  get ageMs(): number | undefined {
    return this.#committedAt === undefined ? undefined : performance.now() - this.#committedAt;
  }

  /** Milliseconds from the last decided block's own time to now: large while the node catches up with its peers. */
  get lagMs(): number | undefined {
    return this.#blockTimeMs === undefined ? undefined : Math.max(0, Date.now() - this.#blockTimeMs);
  }

  /** The same application, with its commits noticed; `finalizeBlock` may be given in place of its own. */
  follow(
    application: AbciApplication,
    finalizeBlock: AbciApplication['finalizeBlock'] = (request) => application.finalizeBlock(request),
  ): AbciApplication {
    return {
      info: (request) => application.info(request),
      query: (request) => application.query(request),
      checkTx: (request) => application.checkTx(request),
      initChain: (request) => application.initChain(request),
      prepareProposal: (request) => application.prepareProposal(request),
      processProposal: (request) => application.processProposal(request),
      extendVote: (request) => application.extendVote(request),
      verifyVoteExtension: (request) => application.verifyVoteExtension(request),
      finalizeBlock: (request) => {
        if (request.time !== undefined) {
          this.#clock.see(fromTimestamp(request.time), Date.now());
          this.#blockTimeMs = Number(fromTimestamp(request.time) / 1_000_000n);
        }
        return finalizeBlock(request);
      },
      commit: async (request) => {
        const response = await application.commit(request);
        this.#committedAt = performance.now();
        return response;
      },
      listSnapshots: (request) => application.listSnapshots(request),
      offerSnapshot: (request) => application.offerSnapshot(request),
      loadSnapshotChunk: (request) => application.loadSnapshotChunk(request),
      applySnapshotChunk: (request) => application.applySnapshotChunk(request),
    };
  }
}
