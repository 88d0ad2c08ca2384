import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { SourceBlock } from './source/block.ts';

/** A lag that still counts as following: at the tip a block is always on its way. */
const readyLag = 5;

/** What this process knows of its progress, for /ready, /metrics and `_meta`. */
export class Status {
  readonly metrics = new Registry();
  readonly requests: Histogram<'outcome'>;
  readonly failures: Counter<'endpoint'>;
  readonly #height: Gauge;
  readonly #tip: Gauge;
  readonly #blocks: Counter;
  readonly #txs: Counter;
  readonly #events: Counter;
  #state: { chainId: string; height: number; tip: number } = { chainId: '', height: 0, tip: 0 };

  constructor() {
    const registers = [this.metrics];
    collectDefaultMetrics({ register: this.metrics });
    this.#height = new Gauge({ name: 'indexer_height', help: 'Last block in the database', registers });
    this.#tip = new Gauge({ name: 'indexer_node_height', help: 'Last block that a node has executed', registers });
    this.#blocks = new Counter({ name: 'indexer_blocks_total', help: 'Blocks written', registers });
    this.#txs = new Counter({ name: 'indexer_txs_total', help: 'Transactions written', registers });
    this.#events = new Counter({ name: 'indexer_events_total', help: 'Events written', registers });
    this.failures = new Counter({
      name: 'indexer_rpc_failures_total',
      help: 'Calls that a node did not answer',
      labelNames: ['endpoint'],
      registers,
    });
    this.requests = new Histogram({
      name: 'indexer_graphql_seconds',
      help: 'Time to answer a GraphQL request',
      labelNames: ['outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
  }

  get height(): number {
    return this.#state.height;
  }

  /** 0 until a node was asked. */
  get tip(): number {
    return this.#state.tip;
  }

  /** The database holds the chain as far as the node has it; an empty one never does, however short the chain is. */
  get isReady(): boolean {
    const { chainId, tip, height } = this.#state;
    return chainId !== '' && height > 0 && tip - height <= readyLag;
  }

  reached(chainId: string, height: number): void {
    this.#state = { ...this.#state, chainId, height };
    this.#height.set(height);
  }

  sawTip(tip: number): void {
    this.#state = { ...this.#state, tip };
    this.#tip.set(tip);
  }

  stored(blocks: readonly SourceBlock[]): void {
    const last = blocks.at(-1);
    if (last === undefined) return;
    this.reached(last.chainId, last.height);
    this.#blocks.inc(blocks.length);
    this.#txs.inc(blocks.reduce((sum, { txs }) => sum + txs.length, 0));
    this.#events.inc(
      blocks.reduce((sum, { events, txs }) => sum + events.length + txs.reduce((s, tx) => s + tx.events.length, 0), 0),
    );
  }
}
