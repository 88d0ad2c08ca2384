import { getTableName } from 'drizzle-orm';
import type pg from 'pg';
import { createRegistry } from '../../sdk/registry.ts';
import { Changes } from '../database/changes.ts';
import { createStatements, quoted } from '../database/ddl.ts';
import type { StoredAttribute } from '../database/tables.ts';
import { writeChanges } from '../database/write.ts';
import { FinalError } from '../failure.ts';
import { decodeTx } from '../ingest/decodeTx.ts';
import type { BlockFacts } from '../ingest/facts.ts';
import type { SourceValidatorUpdate } from '../source/block.ts';
import { ViewRunner } from './apply.ts';
import type { View } from './view.ts';

/** Where a view grows before it takes its place. */
const workshop = 'indexer_rebuild';
const blocksPerStep = 500;

/**
 * Brings every view to its declared version. One that is new or of another version is made from the stored chain in a
 * schema of its own, while readers keep the old tables, and takes their place in one transaction. Must run under the
 * ingest lock. Returns the names of the views that were made.
 */
export async function updateViews(client: pg.Client, views: readonly View[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; version: number }>('SELECT name, version FROM indexer.views');
  const held = new Map(rows.map(({ name, version }) => [name, version]));
  const made: string[] = [];
  for (const view of views) {
    const version = held.get(view.name);
    if (version === view.version) continue;
    if (version !== undefined && version > view.version) {
      throw new FinalError(
        `the database holds version ${version} of view ${view.name}, this indexer makes ${view.version}: use the newer one`,
      );
    }
    await rebuild(client, view);
    made.push(view.name);
  }
  return made;
}

async function rebuild(client: pg.Client, view: View): Promise<void> {
  await client.query(`DROP SCHEMA IF EXISTS ${workshop} CASCADE`);
  await client.query(`CREATE SCHEMA ${workshop}`);
  for (const table of view.tables) {
    for (const statement of createStatements(table, workshop)) await client.query(statement);
  }
  await replay(client, view);
  await client.query('BEGIN');
  try {
    for (const table of view.tables) {
      const name = quoted(getTableName(table));
      await client.query(`DROP TABLE IF EXISTS indexer.${name}`);
      await client.query(`ALTER TABLE ${workshop}.${name} SET SCHEMA indexer`);
    }
    await client.query(`DROP SCHEMA ${workshop}`);
    await client.query(
      'INSERT INTO indexer.views (name, version) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET version = excluded.version',
      [view.name, view.version],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

interface ChainRow {
  readonly bech32_prefix: string;
  readonly genesis_time: string;
  readonly initial_height: string;
  readonly height: string;
  readonly app_state: Record<string, unknown>;
}

async function replay(client: pg.Client, view: View): Promise<void> {
  const { rows } = await client.query<ChainRow>(
    'SELECT bech32_prefix, genesis_time::text, initial_height, height, app_state FROM indexer.chain',
  );
  const [chain] = rows;
  if (chain === undefined) return;
  const { bech32_prefix: prefix, genesis_time: time, app_state: appState } = chain;
  const first = Number(chain.initial_height);
  const genesis = new Changes();
  view.genesis?.(appState, { prefix, height: first - 1, time }, genesis);
  await writeChanges(client, genesis, workshop);
  const runner = new ViewRunner([view], prefix);
  for (let start = first; start <= Number(chain.height); start += blocksPerStep) {
    const changes = new Changes();
    for (const block of await readBlocks(client, start, Math.min(start + blocksPerStep - 1, Number(chain.height)))) {
      runner.apply(block, changes);
    }
    await writeChanges(client, changes, workshop);
  }
}

async function readBlocks(client: pg.Client, first: number, last: number): Promise<BlockFacts[]> {
  const range = 'WHERE height BETWEEN $1 AND $2';
  const blocks = await client.query<{ height: string; time: string; validator_updates: SourceValidatorUpdate[] }>(
    `SELECT height, time::text, validator_updates FROM indexer.blocks ${range} ORDER BY height`,
    [first, last],
  );
  const txs = await client.query<{ height: string; hash: string; code: string; raw: Buffer }>(
    `SELECT height, hash, code, raw FROM indexer.txs ${range} ORDER BY height, position`,
    [first, last],
  );
  const events = await client.query<{
    height: string;
    tx_position: number | null;
    type: string;
    attributes: StoredAttribute[];
  }>(`SELECT height, tx_position, type, attributes FROM indexer.events ${range} ORDER BY height, position`, [
    first,
    last,
  ]);
  const registry = createRegistry();
  const txsOf = Map.groupBy(txs.rows, ({ height }) => height);
  const eventsOf = Map.groupBy(events.rows, ({ height }) => height);
  return blocks.rows.map(({ height, time, validator_updates: validatorUpdates }) => ({
    height: Number(height),
    time,
    txs: (txsOf.get(height) ?? []).map(({ hash, code, raw }) => ({
      hash,
      code: Number(code),
      messages: decodeTx(Uint8Array.from(raw), registry).raw,
    })),
    events: (eventsOf.get(height) ?? []).map(({ type, attributes, tx_position: txPosition }) => ({
      event: { type, attributes: attributes.map(([key, value]) => ({ key, value })) },
      txPosition,
    })),
    validatorUpdates,
  }));
}
