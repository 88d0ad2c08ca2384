import type { OracleConfig, PriceConfig } from './config.ts';
import { reason } from './failure.ts';
import { microFromJson } from './jsonDecimal.ts';

/** What this node believes each symbol is worth now. */
export interface PriceFeed {
  /** Symbol to its price in 10^-6 of the quote currency; a symbol without a fresh source is absent. Never throws. */
  prices(): ReadonlyMap<string, bigint>;
  /** When the oldest of these prices was seen, seconds since the Unix epoch by this machine's clock; 0 if there are none. */
  observedSeconds(): bigint;
  /** Asks every source once; also runs by itself every `interval_ms`. Never throws. */
  refresh(): Promise<void>;
  stop(): void;
}

export interface PriceFeedDeps {
  readonly config: OracleConfig;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
  /** Milliseconds since the Unix epoch: what prices are dated by for others. */
  readonly clock?: () => number;
  /** Told when a source begins to fail and when it is back, not each time. */
  readonly onSource?: (url: string, problem: string | undefined) => void;
}

interface Observation {
  readonly value: bigint;
  readonly at: number;
}

/** Asks the configured sources in the background, so that voting never waits for the network. */
export function startPriceFeed(deps: PriceFeedDeps): PriceFeed {
  const { config, onSource } = deps;
  const now = deps.now ?? (() => performance.now());
  const clock = deps.clock ?? (() => Date.now());
  const observations = new Map<string, Observation>();
  const failing = new Map<string, string>();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  const ask = async (symbol: string, url: string, pointer: string): Promise<void> => {
    let problem: string | undefined;
    try {
      const value = microFromJson(await fetchText(url, config, stopping.signal), pointer);
      observations.set(sourceKey(symbol, url), { value, at: now() });
    } catch (error) {
      problem = reason(error);
    }
    if (stopping.signal.aborted || (problem === undefined) === !failing.has(url)) return;
    if (problem === undefined) failing.delete(url);
    else failing.set(url, problem);
    onSource?.(url, problem);
  };

  const refresh = (): Promise<void> => {
    running ??= Promise.all(
      config.prices.flatMap((price) =>
        distinctSources(price).map(({ url, pointer }) => ask(price.symbol, url, pointer)),
      ),
    ).then(() => {
      running = undefined;
    });
    return running;
  };

  const freshOf = (price: PriceConfig): Observation[] => {
    const oldest = now() - config.max_age_ms;
    return distinctSources(price)
      .map(({ url }) => observations.get(sourceKey(price.symbol, url)))
      .filter((observation) => observation !== undefined)
      .filter(({ at }) => at >= oldest);
  };

  const timer = config.prices.length === 0 ? undefined : setInterval(refresh, config.interval_ms);
  timer?.unref();
  void refresh();

  return {
    refresh,
    prices: () => {
      const found = new Map<string, bigint>();
      for (const price of config.prices) {
        const fresh = freshOf(price).map(({ value }) => value);
        if (fresh.length > 0) found.set(price.symbol, median(fresh));
      }
      return found;
    },
    observedSeconds: () => {
      const times = config.prices.flatMap(freshOf).map(({ at }) => at);
      return times.length === 0 ? 0n : BigInt(Math.floor((clock() - (now() - Math.min(...times))) / 1000));
    },
    stop: () => {
      clearInterval(timer);
      stopping.abort();
    },
  };
}

/** The middle value; of an even number of values the mean of the two in the middle, rounded down. */
export function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new Error('no values');
  return (lower + upper) / 2n;
}

/** Two entries with one URL are one opinion; the first counts. */
function distinctSources(price: PriceConfig): PriceConfig['sources'] {
  const seen = new Set<string>();
  return price.sources.filter(({ url }) => {
    const normal = new URL(url).href;
    return !seen.has(normal) && seen.add(normal);
  });
}

function sourceKey(symbol: string, url: string): string {
  return `${symbol} ${new URL(url).href}`;
}

/** The body of an answer with status 200, read no further than the configured number of bytes. */
async function fetchText(url: string, config: OracleConfig, stop: AbortSignal): Promise<string> {
  const limit = AbortSignal.timeout(config.timeout_ms);
  const response = await fetch(url, {
    signal: AbortSignal.any([limit, stop]),
    redirect: 'error',
    headers: { accept: 'application/json' },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`HTTP status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the body, so the rest is not downloaded.
    if (size > config.max_response_bytes)
      throw new Error(`the answer is longer than ${config.max_response_bytes} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
