import { abci } from '../../sdk/codec/index.ts';
import type { Logger } from '../logger.ts';
import { judgeOffer, type Restore } from '../store/restore.ts';
import type { Snapshot, Snapshots } from '../store/snapshots.ts';

/** The store as state sync sees it; `CommitMultiStore` is one. */
export interface SyncedStore {
  /** Begins to build the state at a snapshot's height aside; the state itself does not change. */
  restore(snapshot: Snapshot, appHash: Uint8Array): Restore;
  /** Makes a finished restore the state. */
  adopt(restore: Restore): Promise<void>;
}

export interface StateSyncDeps {
  readonly store: SyncedStore;
  readonly snapshots: Pick<Snapshots, 'list' | 'chunk' | 'committed'>;
  readonly logger: Logger;
}

/** Serves snapshots to nodes that join, and takes one when this node does (ABCI's snapshot connection). */
export class StateSync {
  readonly #deps: StateSyncDeps;
  #restore: Restore | undefined;
  /** Offers and chunks are taken one after another, since a chunk takes its time. */
  #taking: Promise<unknown> = Promise.resolve();

  constructor(deps: StateSyncDeps) {
    this.#deps = deps;
  }

  list(): abci.ResponseListSnapshots {
    return { snapshots: this.#deps.snapshots.list().slice(0, 10) };
  }

  load({ height, format, chunk }: abci.RequestLoadSnapshotChunk): abci.ResponseLoadSnapshotChunk {
    return { chunk: this.#deps.snapshots.chunk(height, format, chunk) ?? new Uint8Array() };
  }

  /** A new offer takes the place of a restore that was begun. */
  offer(request: abci.RequestOfferSnapshot): Promise<abci.ResponseOfferSnapshot> {
    return this.#inTurn(() => this.#offer(request));
  }

  /** Chunks come in order; one that is wrong is fetched again, and not from who sent it. */
  apply(request: abci.RequestApplySnapshotChunk): Promise<abci.ResponseApplySnapshotChunk> {
    return this.#inTurn(() => this.#apply(request));
  }

  /** Resolves when no chunk is being taken. */
  async settled(): Promise<void> {
    await this.#taking;
  }

  /** Told of each committed height. */
  committed(height: bigint): void {
    this.#deps.snapshots.committed(height);
  }

  async #offer({ snapshot, appHash }: abci.RequestOfferSnapshot): Promise<abci.ResponseOfferSnapshot> {
    const results = abci.ResponseOfferSnapshot_Result;
    if (snapshot === undefined || appHash.length !== 32) return { result: results.REJECT };
    const outcome = judgeOffer(snapshot);
    if (outcome === 'reject_format') return { result: results.REJECT_FORMAT };
    if (outcome === 'reject') return { result: results.REJECT };
    await this.#abandon();
    this.#restore = this.#deps.store.restore(snapshot, appHash);
    this.#deps.logger.info({ height: snapshot.height.toString(), chunks: snapshot.chunks }, 'restoring a snapshot');
    return { result: results.ACCEPT };
  }

  async #apply({ index, chunk, sender }: abci.RequestApplySnapshotChunk): Promise<abci.ResponseApplySnapshotChunk> {
    const results = abci.ResponseApplySnapshotChunk_Result;
    const restore = this.#restore;
    if (restore === undefined) return answer(results.ABORT);
    if (index !== restore.next) return { ...answer(results.RETRY), refetchChunks: [restore.next] };
    switch (await restore.addInSlices(chunk)) {
      case 'more':
        return answer(results.ACCEPT);
      case 'wrong':
        return { result: results.RETRY, refetchChunks: [index], rejectSenders: sender === '' ? [] : [sender] };
      case 'reject':
        await this.#abandon();
        return answer(results.REJECT_SNAPSHOT);
      case 'done':
        this.#restore = undefined;
        await this.#deps.store.adopt(restore);
        this.#deps.logger.info({ height: restore.snapshot.height.toString() }, 'restored a snapshot');
        return answer(results.ACCEPT);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#taking.then(work);
    this.#taking = done.catch(() => undefined);
    return done;
  }

  async #abandon(): Promise<void> {
    const restore = this.#restore;
    this.#restore = undefined;
    await restore?.close(false);
  }
}

function answer(result: abci.ResponseApplySnapshotChunk_Result): abci.ResponseApplySnapshotChunk {
  return { result, refetchChunks: [], rejectSenders: [] };
}
