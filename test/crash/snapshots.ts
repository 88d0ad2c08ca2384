import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type SnapshotSource, Snapshots } from '../../chain/store/snapshots.ts';
import { crashOptions } from './blocks.ts';

/** Snapshots of a store of the crash tests: often, and of many chunks. */
export function openSnapshots(
  folder: string,
  source: SnapshotSource,
  warn: (text: string) => void = () => {},
): Snapshots {
  const { meta } = crashOptions;
  return new Snapshots(
    { folder: join(folder, 'snapshots'), meta, interval: 10, keepRecent: 2, chunkBytes: 4000, warn },
    source,
  );
}

const none: SnapshotSource = {
  at: () => {
    throw new Error('nothing to take a snapshot of');
  },
  pin: () => () => {},
};

/** Every snapshot that a node would offer has all of its chunks, and they are those that it names. Throws otherwise. */
export function checkSnapshots(folder: string): void {
  const snapshots = openSnapshots(folder, none);
  for (const { height, format, chunks, metadata } of snapshots.list()) {
    for (let index = 0; index < chunks; index++) {
      const chunk = snapshots.chunk(height, format, index);
      const digest = createHash('sha256')
        .update(chunk ?? '')
        .digest();
      if (chunk === undefined || !digest.equals(metadata.subarray(index * 32, index * 32 + 32))) {
        throw new Error(`chunk ${index} of snapshot ${height} is ${chunk === undefined ? 'missing' : 'another one'}`);
      }
    }
  }
}
