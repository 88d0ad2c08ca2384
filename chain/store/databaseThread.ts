import { type MessagePort, workerData } from 'node:worker_threads';
import { StateDatabase } from './database.ts';
import { prune } from './prune.ts';

/** What the thread is asked: perform the batches as one transaction, then prune. */
export interface WriteRequest {
  readonly batches: readonly Uint8Array[];
  /** Versions below this height may go. */
  readonly oldest: bigint | undefined;
  /** Numbers of stores that no version from `oldest` on has. */
  readonly gone: readonly number[];
}

/** How it went; `failure` is one sentence. */
export interface WriteAnswer {
  readonly failure: string | undefined;
}

export interface ThreadData {
  readonly path: string;
  readonly port: MessagePort;
  /** Counts the answers, so that the asking thread can sleep until one is there. */
  readonly answers: Int32Array;
}

/** Writes the state database beside the thread that executes blocks. */
function serve({ path, port, answers }: ThreadData): void {
  let database: StateDatabase | undefined;
  port.on('message', (request: WriteRequest) => {
    let failure: string | undefined;
    try {
      database ??= new StateDatabase(path);
      database.write(request.batches.map((batch) => Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength)));
      if (request.oldest !== undefined) prune(database, request.oldest, request.gone);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    const answer: WriteAnswer = { failure };
    port.postMessage(answer);
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  });
}

serve(workerData);
