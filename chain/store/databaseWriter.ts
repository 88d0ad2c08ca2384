import { writeSync } from 'node:fs';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ThreadData, WriteAnswer, WriteRequest } from './databaseThread.ts';
import { ThreadState } from './threadState.ts';

/** A thread that has not answered for so long is taken for dead, milliseconds. */
const patience = 300_000;
/** So long the end of the process waits for the thread, milliseconds: a step of it takes a fraction of a second on a disk that works. */
const lastPatience = 20_000;

/** A thread that writes the state database; one request at a time. It starts with the first one. */
export class DatabaseWriter {
  readonly #path: string;
  readonly #state = new ThreadState();
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #answered = 0;
  #crash: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Hands over the request; the bytes of its batches belong to the thread from now on. */
  send(request: WriteRequest): void {
    const buffers = request.batches.map((batch) => batch.buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    this.#start().postMessage(request, buffers);
  }

  /** The answer to the last request, undefined as long as there is none. Never waits. */
  poll(): WriteAnswer | undefined {
    const received: { message: WriteAnswer } | undefined =
      this.#port === undefined ? undefined : receiveMessageOnPort(this.#port);
    if (received !== undefined) this.#answered += 1;
    return received?.message ?? (this.#crash === undefined ? undefined : { failure: this.#crash });
  }

  /**
   * Sleeps until the last request is answered: nothing else runs on this thread meanwhile. Undefined if `limit`
   * milliseconds pass before that; without a limit a failure after minutes.
   */
  wait(limit?: number): WriteAnswer | undefined {
    const end = performance.now() + (limit ?? patience);
    for (let left = limit ?? patience; left > 0; left = end - performance.now()) {
      const answer = this.poll();
      if (answer !== undefined) return answer;
      this.#state.waitForAnswer(this.#answered, Math.min(left, 1000));
    }
    const answer = this.poll();
    if (answer !== undefined || limit !== undefined) return answer;
    return { failure: 'the thread that writes the state database does not answer' };
  }

  /** Resolves once the last request is answered. */
  async answer(): Promise<WriteAnswer> {
    // Waiting alone keeps no process alive: one that closes its store last would end before the answer.
    this.#worker?.ref();
    try {
      for (;;) {
        const answer = this.poll();
        if (answer !== undefined) return answer;
        await this.#state.answerAfter(this.#answered, 1000);
      }
    } finally {
      this.#worker?.unref();
    }
  }

  /** What the thread is at is undone if it has not come far. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#state.askToEnd();
    this.#port?.close();
    worker.ref();
    const isIdle = await this.#state.untilIdle(lastPatience);
    worker.unref();
    // A thread that hangs stays: `#onExit` sees to it when the process ends.
    if (!isIdle) return;
    await worker.terminate();
    process.off('exit', this.#onExit);
  }

  /** Whichever way the process ends. Only a kill ends it while the thread hangs; what is on disk is whole all the same. */
  readonly #onExit = (): void => {
    this.#state.askToEnd();
    if (this.#state.waitUntilIdle(lastPatience)) return;
    writeSync(
      2,
      `a thread hangs that writes ${this.#path}, so the process is killed; the committed state is on disk\n`,
    );
    process.kill(process.pid, 'SIGKILL');
  };

  #start(): MessagePort {
    if (this.#port !== undefined) return this.#port;
    const { port1, port2 } = new MessageChannel();
    const workerData: ThreadData = { path: this.#path, port: port2, memory: this.#state.memory };
    // Compiled, this file and the thread's end in .js.
    const file = new URL(
      import.meta.url.endsWith('.ts') ? './databaseThread.ts' : './databaseThread.js',
      import.meta.url,
    );
    this.#worker = new Worker(file, { workerData, transferList: [port2] });
    this.#worker.unref();
    process.on('exit', this.#onExit);
    this.#worker.on('error', (error) => {
      this.#crash = `the thread that writes the state database ended: ${error}`;
    });
    this.#port = port1;
    return port1;
  }
}
