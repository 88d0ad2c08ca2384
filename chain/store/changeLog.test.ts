import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ChangeLog } from './changeLog.ts';
import type { ChangeSet } from './record.ts';

const secret = Buffer.alloc(16, 7);

function block(height: bigint): ChangeSet {
  return {
    height,
    before: new Uint8Array(32),
    after: new Uint8Array(32),
    stores: [['bank', [['balance/1', Buffer.from(`${height}`)]]]],
  };
}

it('writes the last record once more on opening, since the sync before may have failed and been forgotten', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const log = ChangeLog.open(folder, secret);
  for (const height of [1n, 2n]) log.append(block(height));
  log.rotate();
  for (const height of [3n, 4n]) log.append(block(height));
  log.close();
  const paths = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
  const before = paths.map((path) => readFileSync(path));
  for (const path of paths) utimesSync(path, 0, 0);
  const again = ChangeLog.open(folder, secret);
  const heights: bigint[] = [];
  again.replay(
    1n,
    ({ height }) => heights.push(height),
    () => expect.fail(),
  );
  expect(heights).toEqual([2n, 3n, 4n]);
  // Only the last file was written to, and not a byte of it is another one.
  expect(paths.map((path) => statSync(path).mtimeMs > 0)).toEqual([false, true]);
  expect(paths.map((path) => readFileSync(path))).toEqual(before);
  again.append(block(5n));
  again.close();
  rmSync(folder, { recursive: true });
});
