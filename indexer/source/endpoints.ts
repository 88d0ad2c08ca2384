import { setTimeout as sleep } from 'node:timers/promises';
import { Comet38Client, HttpBatchClient } from '@cosmjs/tendermint-rpc';
import { FinalError, reason } from '../failure.ts';

/** One node's JSON-RPC. */
export interface Endpoint {
  readonly url: string;
  readonly client: Comet38Client;
}

export interface EndpointsOptions {
  readonly urls: readonly string[];
  /** Ends every wait. */
  readonly stop: AbortSignal;
  /** Told of each failed call. */
  readonly onFailure: (url: string, what: string, problem: string) => void;
}

/** CometBFT's default limit of a JSON-RPC batch. */
export const batchLimit = 10;
const callTimeout = 15_000;
const firstPause = 250;
const longestPause = 5_000;

/** Several nodes of one chain: a call that fails on one goes to the next; when all failed it waits and starts anew. */
export class Endpoints {
  readonly #endpoints: readonly Endpoint[];
  readonly #options: EndpointsOptions;
  #current = 0;

  constructor(options: EndpointsOptions) {
    this.#options = options;
    this.#endpoints = options.urls.map((url) => ({
      url,
      client: Comet38Client.create(
        new HttpBatchClient(url, { batchSizeLimit: batchLimit, dispatchInterval: 5, httpTimeout: callTimeout }),
      ),
    }));
    if (this.#endpoints.length === 0) throw new FinalError('no RPC endpoint is given: use --rpc http://host:port');
  }

  /** Tries until it works. Throws a `FinalError` as it is, and an abort error once stopped. */
  async call<T>(what: string, ask: (endpoint: Endpoint) => Promise<T>): Promise<T> {
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        return await this.once(what, ask);
      } catch (error) {
        if (error instanceof FinalError || this.#options.stop.aborted) throw error;
      }
      await sleep(pause, undefined, { signal: this.#options.stop });
    }
  }

  /** Asks each node once, for at most `timeout` milliseconds; throws what the last one said. */
  async once<T>(what: string, ask: (endpoint: Endpoint) => Promise<T>, timeout = 2 * callTimeout): Promise<T> {
    let last: unknown;
    let pruned = 0;
    for (const _ of this.#endpoints) {
      this.#options.stop.throwIfAborted();
      const endpoint = this.#endpoints[this.#current] ?? this.#endpoints[0];
      if (endpoint === undefined) break;
      try {
        return await withTimeout(ask(endpoint), timeout);
      } catch (error) {
        if (error instanceof FinalError) throw error;
        last = error;
        if (reason(error).includes('lowest height is')) pruned++;
        this.#options.onFailure(endpoint.url, what, reason(error));
        this.#current = (this.#current + 1) % this.#endpoints.length;
      }
    }
    if (pruned === this.#endpoints.length) {
      const problem = `no node has the history that is needed (${what}): ${reason(last)}; add one that keeps it to --rpc`;
      throw new FinalError(problem, { cause: last });
    }
    throw last;
  }

  close(): void {
    for (const { client } of this.#endpoints) client.disconnect();
  }
}

/** The batch client drops a request that its answer does not mention; nobody should wait for that one for ever. */
async function withTimeout<T>(answer: Promise<T>, timeout: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${timeout} ms`)), timeout);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
