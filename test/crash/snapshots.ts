import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DamageError } from '../../chain/store/damage.ts';
import { type SnapshotSource, Snapshots } from '../../chain/store/snapshots.ts';
import { crashOptions } from './blocks.ts';

/** Snapshots of a store of the crash tests: often, and of many chunks. */
export function openSnapshots(
  folder: string,
  source: SnapshotSource,
  warn: (text: string) => void = () => {},
  chunkBytes = 4000,
): Snapshots {
  const { meta } = crashOptions;
  return new Snapshots(
    { folder: join(folder, 'snapshots'), meta, interval: 10, keepRecent: 2, chunkBytes, warn },
    source,
  );
}

const none: SnapshotSource = {
  at: () => {
    throw new Error('nothing to take a snapshot of');
  },
  pin: () => () => {},
};

/** Every snapshot that a node would offer has all of its chunks. Throws `DamageError` with what the node says of one that has not. */
export function checkSnapshots(folder: string): void {
  const said: string[] = [];
  const snapshots = openSnapshots(folder, none, (text) => said.push(text));
  for (const { height, format, chunks, metadata } of snapshots.list()) {
    for (let index = 0; index < chunks; index++) {
      const chunk = snapshots.chunk(height, format, index);
      if (chunk === undefined) throw new DamageError(said.join());
      const digest = createHash('sha256').update(chunk).digest();
      if (!digest.equals(metadata.subarray(index * 32, index * 32 + 32))) {
        throw new Error(`chunk ${index} of snapshot ${height} is another one`);
      }
    }
  }
}
