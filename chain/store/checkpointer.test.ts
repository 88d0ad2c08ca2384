import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CheckpointBounds, Checkpointer, type PendingVersion } from './checkpointer.ts';
import { readHeight, StateDatabase } from './database.ts';
import { NodeHasher } from './iavl/node.ts';
import { Tree } from './iavl/tree.ts';
import { StoreSets } from './storeSets.ts';
import { CommittedVersion } from './version.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const bounds: CheckpointBounds = { due: 200, most: 300, busy: 600, full: 1500, longestPauseMs: 2 };
const empty = new Uint8Array(32);

/** Versions of about 100 new nodes each. */
function versions(count: number): PendingVersion[] {
  const hasher = new NodeHasher();
  const made: PendingVersion[] = [];
  let last = new CommittedVersion(0n, new Map([['bank', new Tree()]]), new Map());
  for (let h = 1; h <= count; h++) {
    const changes = Array.from(
      { length: 15 },
      (_, k) => [`key/${(h * 31 + k * 7) % 900}`, Buffer.of(h & 255)] as const,
    );
    const stores = [['bank', changes.toSorted(([a], [b]) => (a < b ? -1 : 1))] as const];
    const next = last.next(BigInt(h), stores, hasher);
    made.push({ ...next, set: { height: BigInt(h), before: empty, after: empty, stores } });
    last = next.version;
  }
  return made;
}

const nodesOf = (some: readonly PendingVersion[]) =>
  some.reduce((sum, { edits }) => sum + (edits.get('bank')?.created.length ?? 0), 0);

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  const path = join(folder, 'state.mdb');
  const settled: PendingVersion[][] = [];
  const warnings: string[] = [];
  const checkpointer = new Checkpointer(
    {
      path,
      sets: () => new StoreSets(['bank']),
      every: 1000,
      settled: (some) => settled.push([...some]),
      warn: (text) => warnings.push(text),
    },
    bounds,
  );
  return { path, checkpointer, settled, warnings };
}

describe('blocks that come faster than they can be written', () => {
  it('wait for small checkpoints one by one, so that neither memory nor a single wait grows', async () => {
    const { path, checkpointer, settled, warnings } = setUp();
    const all = versions(150);
    const largest = Math.max(...all.map((version) => nodesOf([version])));
    let added = 0;
    // Without a turn of the event loop in between, as under the heaviest load.
    for (const version of all) {
      checkpointer.add(version);
      added += nodesOf([version]);
      const waiting = added - nodesOf(settled.flat());
      expect(waiting).toBeLessThanOrEqual(bounds.full + largest);
    }
    expect(settled.length).toBeGreaterThan(20);
    for (const checkpoint of settled) expect(nodesOf(checkpoint)).toBeLessThan(bounds.most + largest);
    await checkpointer.close();
    expect(settled.flat()).toEqual(all.slice(0, settled.flat().length));
    const database = new StateDatabase(path);
    expect(readHeight(database, 'checkpoint')).toBe(settled.at(-1)?.at(-1)?.version.height);
    await database.close();
    expect(warnings).toEqual([]);
  });

  it('stop with the reason once there is no room left and the database cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    folders.push(folder);
    const warnings: string[] = [];
    const options = { sets: () => new StoreSets(['bank']), every: 1000, settled: () => {} };
    const path = join(folder, 'missing', 'folder', '\0');
    const checkpointer = new Checkpointer({ ...options, path, warn: (text) => warnings.push(text) }, bounds);
    const add = () => {
      for (const version of versions(60)) checkpointer.add(version);
    };
    expect(add).toThrow('the state database cannot be written');
    expect(warnings.join()).toMatch(/checkpoint of height \d+ failed, the log is kept/);
    await checkpointer.close();
  });
});
