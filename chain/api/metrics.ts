import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What the node knows about itself when somebody looks. */
export interface NodeStatus {
  readonly chainId: string;
  /** Height of the last committed block; 0 before the first. */
  readonly height: bigint;
  /** Upper-case hex. */
  readonly appHash: string;
  /** Milliseconds since that block was committed here; undefined before the first block of this run. */
  readonly blockAgeMs: number | undefined;
  /** Symbols that this node has a fresh price for. */
  readonly prices: number;
  /** Set when the state machine has stopped for good. */
  readonly failure: string | undefined;
}

/** Prometheus metrics of one node, read from `status` at each scrape. */
export function createMetrics(status: () => NodeStatus): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'infinetd_' });
  const gauge = (name: string, help: string, value: (now: NodeStatus) => number) =>
    new Gauge({
      name: `infinetd_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value(status()));
      },
    });
  gauge('block_height', 'Height of the last committed block.', (now) => Number(now.height));
  gauge('block_age_seconds', 'Seconds since a block was last committed; NaN before the first.', (now) =>
    now.blockAgeMs === undefined ? Number.NaN : now.blockAgeMs / 1000,
  );
  gauge('oracle_prices', 'Symbols that this node has a fresh price for.', (now) => now.prices);
  gauge('failed', '1 when the state machine has stopped for good.', (now) => (now.failure === undefined ? 0 : 1));
  return registry;
}
