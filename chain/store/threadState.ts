/** Places in the shared memory. */
const [answers, busy, ending] = [0, 1, 2];

/**
 * What the thread that writes the state database and the one that asks it tell each other without messages.
 *
 * A thread must not be ended within a transaction: whether by `terminate`, by `process.exit` or by an uncaught error, V8
 * stops its program where it is, lmdb-js' lock on writing stays locked, and lmdb-js waits for that very lock when Node
 * cleans up behind the thread. The process would never come to its end (lmdb-js issue 336, seen in 3.5.6).
 */
export class ThreadState {
  readonly memory: SharedArrayBuffer;
  readonly #shared: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(12)) {
    this.memory = memory;
    this.#shared = new Int32Array(memory);
  }

  /** The thread begins to work at a request. */
  begin(): void {
    Atomics.store(this.#shared, busy, 1);
  }

  /** The thread has answered it. */
  end(): void {
    Atomics.store(this.#shared, busy, 0);
    Atomics.notify(this.#shared, busy);
    Atomics.add(this.#shared, answers, 1);
    Atomics.notify(this.#shared, answers);
  }

  /** Asked by the thread before each step that it can stop at: after `begin`, so that one of the two sees the other. */
  get isEnding(): boolean {
    return Atomics.load(this.#shared, ending) === 1;
  }

  /** From now on the thread begins nothing more, and ends soon what it is at. */
  askToEnd(): void {
    Atomics.store(this.#shared, ending, 1);
  }

  /** Sleeps until the thread is at nothing, `limit` milliseconds at most; says whether it is. */
  waitUntilIdle(limit: number): boolean {
    return Atomics.wait(this.#shared, busy, 1, limit) !== 'timed-out';
  }

  /** The same without holding up this thread. */
  async untilIdle(limit: number): Promise<boolean> {
    const waiting = Atomics.waitAsync(this.#shared, busy, 1, limit);
    return (waiting.async ? await waiting.value : waiting.value) !== 'timed-out';
  }

  /** Sleeps while there are so many answers, `limit` milliseconds at most. */
  waitForAnswer(count: number, limit: number): void {
    Atomics.wait(this.#shared, answers, count, limit);
  }

  /** The same without holding up this thread. */
  async answerAfter(count: number, limit: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#shared, answers, count, limit);
    if (waiting.async) await waiting.value;
  }
}
