import type { Registry } from '@cosmjs/proto-signing';
import type pg from 'pg';
import { Changes } from '../database/changes.ts';
import { chain } from '../database/tables.ts';
import { writeChanges } from '../database/write.ts';
import { FinalError } from '../failure.ts';
import type { SourceBlock, SourceGenesis } from '../source/block.ts';
import { continued, type Position } from '../source/follow.ts';
import { ViewRunner } from '../views/apply.ts';
import { genesisPrefix } from '../views/genesis.ts';
import type { View } from '../views/view.ts';
import { storeBlock } from './facts.ts';

/** How far the database is, and of which chain. */
export interface StoredPosition extends Position {
  readonly prefix: string;
}

/** The database of one ingest. Every method is one transaction: it happened, cursor included, or it did not. */
export class BlockStore {
  readonly #client: pg.Client;
  readonly #registry: Registry;
  readonly #views: readonly View[];

  constructor(client: pg.Client, registry: Registry, views: readonly View[]) {
    this.#client = client;
    this.#registry = registry;
    this.#views = views;
  }

  /** Undefined in a new database. */
  async position(): Promise<StoredPosition | undefined> {
    const { rows } = await this.#client.query<{
      chain_id: string;
      bech32_prefix: string;
      height: string;
      hash: string;
    }>('SELECT chain_id, bech32_prefix, height, hash FROM indexer.chain');
    const [row] = rows;
    if (row === undefined) return undefined;
    return { chainId: row.chain_id, prefix: row.bech32_prefix, height: Number(row.height), hash: row.hash };
  }

  async hashAt(height: number): Promise<string | undefined> {
    const { rows } = await this.#client.query<{ hash: string }>('SELECT hash FROM indexer.blocks WHERE height = $1', [
      height,
    ]);
    return rows[0]?.hash;
  }

  /** Begins a new database with what the chain began with. */
  async begin(genesis: SourceGenesis): Promise<StoredPosition> {
    const prefix = genesisPrefix(genesis.appState);
    const height = genesis.initialHeight - 1;
    const changes = new Changes();
    changes.insert(chain, {
      chainId: genesis.chainId,
      bech32Prefix: prefix,
      genesisTime: genesis.time,
      initialHeight: genesis.initialHeight,
      appState: { ...genesis.appState },
      height,
      hash: '',
    });
    for (const view of this.#views) view.genesis?.(genesis.appState, { prefix, height, time: genesis.time }, changes);
    await this.#transaction(() => writeChanges(this.#client, changes));
    return { chainId: genesis.chainId, prefix, height, hash: '' };
  }

  /** Adds consecutive blocks after `from`. Throws a `FinalError`, and writes nothing, when they do not continue it. */
  async append(from: StoredPosition, blocks: readonly SourceBlock[]): Promise<StoredPosition> {
    const changes = new Changes();
    const runner = new ViewRunner(this.#views, from.prefix);
    let last: Position = from;
    for (const block of blocks) {
      last = continued(last, block);
      runner.apply(storeBlock(block, this.#registry, changes), changes);
    }
    await this.#transaction(async () => {
      const moved = await this.#client.query(
        'UPDATE indexer.chain SET height = $1, hash = $2 WHERE chain_id = $3 AND height = $4 AND hash = $5',
        [last.height, last.hash, from.chainId, from.height, from.hash],
      );
      if (moved.rowCount !== 1) {
        throw new FinalError(`the database is no longer at block ${from.height}: another indexer writes into it`);
      }
      await writeChanges(this.#client, changes);
    });
    return { ...last, prefix: from.prefix };
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    await this.#client.query('BEGIN');
    try {
      await work();
      await this.#client.query('COMMIT');
    } catch (error) {
      // On a broken connection Postgres rolls back by itself.
      await this.#client.query('ROLLBACK').catch(() => {});
      throw error;
    }
  }
}
