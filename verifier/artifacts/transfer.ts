/** More bytes than can be the right ones. */
export class TooLarge extends Error {}

/** Collects chunks up to a limit, and keeps them when a transfer breaks. */
export class Collector {
  readonly #chunks: Uint8Array[] = [];
  readonly #limit: number;
  size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    if (this.size > this.#limit) throw new TooLarge(`more than ${this.#limit} bytes`);
    this.#chunks.push(chunk);
  }

  restart(): void {
    this.#chunks.length = 0;
    this.size = 0;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

/**
 * Adds to `received` what it lacks yet. Rejects when the transfer breaks, `stallMs` milliseconds pass without a byte, or the
 * `deadline` is over; what came until then stays.
 */
export type Transfer = (uri: string, received: Collector, stallMs: number, deadline: AbortSignal) => Promise<void>;

/** Runs one transfer under its deadline, ended when nothing comes any more; it calls `alive` at every sign of life. */
export async function unlessStalled(
  stallMs: number,
  deadline: AbortSignal,
  work: (signal: AbortSignal, alive: () => void) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const start = () => setTimeout(() => controller.abort(new Error('stalled')), stallMs);
  let timer = start();
  try {
    await work(AbortSignal.any([controller.signal, deadline]), () => {
      clearTimeout(timer);
      timer = start();
    });
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

/** Asks for the rest only, when something is there already. */
export function rangeAfter({ size }: Collector): string | undefined {
  return size > 0 ? `bytes=${size}-` : undefined;
}
