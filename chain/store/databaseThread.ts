import { type MessagePort, workerData } from 'node:worker_threads';
import { StateDatabase } from './database.ts';
import { prune } from './prune.ts';
import { ThreadState } from './threadState.ts';

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
  readonly memory: SharedArrayBuffer;
}

/** Writes the state database beside the thread that executes blocks. */
function serve({ path, port, memory }: ThreadData): void {
  const state = new ThreadState(memory);
  let database: StateDatabase | undefined;
  port.on('message', (request: WriteRequest) => {
    let failure: string | undefined;
    state.begin();
    try {
      database ??= openUnless(() => state.isEnding, path);
      database.write(request.batches.map((batch) => Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength)));
      if (request.oldest !== undefined) prune(database, request.oldest, request.gone);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    const answer: WriteAnswer = { failure };
    port.postMessage(answer);
    state.end();
  });
}

function openUnless(ending: () => boolean, path: string): StateDatabase {
  // Opening has transactions of its own.
  if (ending()) throw new Error('the process ends, so nothing more is written');
  return new StateDatabase(path, { ending });
}

serve(workerData);
