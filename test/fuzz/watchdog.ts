import { Worker } from 'node:worker_threads';

/** Runs beside a loop that may never come back, where no timer of its own thread would fire. */
const program = `
const { workerData, parentPort } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const { shared, patience, text } = workerData;
const at = new Int32Array(shared);
let [seen, since] = [-1, Date.now()];
setInterval(() => {
  const now = Atomics.load(at, 0);
  if (now !== seen) [seen, since] = [now, Date.now()];
  else if (Date.now() - since > patience) {
    writeSync(2, text + now + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, 1000);
parentPort.on('message', () => process.exit());
`;

/** Ends the whole process, loudly, when it has been at one place for too long. */
export class Watchdog {
  readonly #place: Int32Array;
  readonly #worker: Worker;

  /** @param text what is said before the number of the place, with `patience` in milliseconds */
  constructor(patience: number, text: string) {
    const shared = new SharedArrayBuffer(4);
    this.#place = new Int32Array(shared);
    this.#worker = new Worker(program, { eval: true, execArgv: [], workerData: { shared, patience, text } });
    this.#worker.unref();
  }

  at(place: number): void {
    Atomics.store(this.#place, 0, place);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
