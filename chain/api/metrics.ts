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
  /** Milliseconds from the last block's own time to now; undefined before the first block of this run. */
  readonly lagMs: number | undefined;
  /** Symbols that this node has a fresh price for. */
  readonly prices: number;
  /** Local clock less the times of the newest blocks; undefined before a few have been seen. */
  readonly clockSkewSeconds: number | undefined;
  /** Room on the disk of the home. */
  readonly diskFreeBytes: number;
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
  gauge('block_lag_seconds', "Seconds from the last block's own time to now; large while catching up.", (now) =>
    now.lagMs === undefined ? Number.NaN : now.lagMs / 1000,
  );
  gauge('oracle_prices', 'Symbols that this node has a fresh price for.', (now) => now.prices);
  gauge(
    'clock_skew_seconds',
    'Local clock less block times, about 1 on a good clock; NaN while unknown.',
    (now) => now.clockSkewSeconds ?? Number.NaN,
  );
  gauge('disk_free_bytes', 'Room left on the disk of the home.', (now) => now.diskFreeBytes);
  gauge('failed', '1 when the state machine has stopped for good.', (now) => (now.failure === undefined ? 0 : 1));
  return registry;
}
