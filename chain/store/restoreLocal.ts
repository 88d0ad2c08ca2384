import type { CommitMultiStore } from './multistore.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';

/**
 * Makes a store without blocks the one of a snapshot in its own folder. Rejects, and leaves the store empty, when a chunk is not
 * what the snapshot names or when the state has another app hash (32 bytes).
 */
export async function restoreLocal(
  store: CommitMultiStore,
  snapshots: Snapshots,
  snapshot: Snapshot,
  appHash: Uint8Array,
  onProgress: (done: number, of: number) => void,
): Promise<void> {
  const restore = store.restore(snapshot, appHash);
  let done = false;
  try {
    for (let index = 0; !done; index++) {
      const chunk = snapshots.chunk(snapshot.height, snapshot.format, index);
      if (chunk === undefined) throw new Error(`chunk ${index} is missing`);
      const outcome = restore.add(chunk);
      if (outcome === 'wrong') throw new Error(`chunk ${index} is damaged`);
      if (outcome === 'reject') throw new Error('it leads to another app hash, or is of other software');
      onProgress(index + 1, snapshot.chunks);
      done = outcome === 'done';
    }
  } finally {
    if (!done) await restore.close(false);
  }
  await store.adopt(restore);
}
